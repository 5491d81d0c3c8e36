export { type CaddyRouterOptions, createCaddyRouter } from "./caddy/caddy-router.ts";
export { renderCaddyConfig } from "./caddy/render-config.ts";
export { createHaproxyRouter, type HaproxyRouterOptions } from "./haproxy/haproxy-router.ts";
export { renderHaproxyConfig } from "./haproxy/render-config.ts";
