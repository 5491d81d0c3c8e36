export { createHaproxyRouter, type HaproxyRouterOptions } from "./haproxy/haproxy-router.ts";
export { renderHaproxyConfig } from "./haproxy/render-config.ts";
