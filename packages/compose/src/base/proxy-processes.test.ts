import { expect, it } from "vitest";
import { nginxProcesses, proxyAskingOnce } from "./proxy-processes.ts";

const Titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
const table = (...commands: readonly string[]) => ({
  Titles,
  Processes: commands.map((command, index) => [
    "root",
    String(100 + index),
    "1",
    "0",
    "10:00",
    "?",
    "00:00:00",
    command,
  ]),
});

it("an nginx is known by what it calls its processes, behind an init or a shell too", () => {
  const found = nginxProcesses(
    table(
      "/sbin/docker-init -- /docker-entrypoint.sh nginx -g daemon off;",
      "nginx: master process nginx -g daemon off;",
      "nginx: worker process is shutting down",
      "nginx: worker process",
      "nginx: cache manager process",
    ),
  );
  expect(found).toEqual({ reload: ["nginx", "-s", "reload"], workers: new Set(["103"]), ending: new Set(["102"]) });
});

it("is told where its configuration is as it was when it was started", () => {
  const found = nginxProcesses(
    table("nginx: master process /usr/local/openresty/bin/openresty -p /srv -c /etc/edge.conf -g daemon off;"),
  );
  expect(found?.reload).toEqual([
    "/usr/local/openresty/bin/openresty",
    "-s",
    "reload",
    "-p",
    "/srv",
    "-c",
    "/etc/edge.conf",
  ]);
});

it("nothing else is one", () => {
  expect(nginxProcesses(table("node nginx.js", "caddy run", "php-fpm: master process (/etc/php-fpm.conf)"))).toBeNull();
  expect(nginxProcesses({ Titles, Processes: null })).toBeNull();
});

it("other proxies that ask only once are known by name", () => {
  expect(proxyAskingOnce(table("tini -- x", "/usr/sbin/apache2 -k start"))).toBe("apache2");
  expect(proxyAskingOnce(table("haproxy -W -db -f /etc/haproxy.cfg"))).toBe("haproxy");
  expect(proxyAskingOnce(table("httpd -DFOREGROUND"))).toBe("httpd");
  expect(proxyAskingOnce(table("httpd -f -p 80", "caddy run", "traefik", "node haproxy.js"))).toBeNull();
});
