import { type DoorSpec, isSluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderCaddyConfig, renderServers } from "./render-config.ts";

const spec: DoorSpec = {
  stack: "shop",
  service: "web",
  protocol: "http",
  listen: [{ port: 80, target: 8080 }],
  servers: { blue: ["10.0.0.11"], green: ["10.0.0.21", "fd00::21"] },
  healthPath: "/healthz",
  stickiness: { by: "cookie" },
  proxyProtocol: { in: false, out: false },
  previewSecret: "0123456789abcdef",
  drainTimeoutMs: 30_000,
};

interface Config {
  readonly admin: { readonly listen: string };
  readonly apps: {
    readonly http: { readonly servers: Readonly<Record<string, { readonly listen: readonly string[] }>> };
  };
  readonly logging: { readonly logs: { readonly requests: { readonly encoder: { readonly fields: object } } } };
}
const render = (changes: Partial<DoorSpec> = {}) => JSON.parse(renderCaddyConfig({ ...spec, ...changes })) as Config;

/** Every object of a configuration with this handler. */
function handlers(value: unknown, name: string): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const own = (value as { handler?: unknown }).handler === name ? [value as Record<string, unknown>] : [];
  return [...own, ...Object.values(value).flatMap((inner) => handlers(inner, name))];
}

/** What requests of users and previews go through. */
const proxies = (config: Config) => handlers(config, "reverse_proxy").filter((proxy) => "load_balancing" in proxy);

test("nobody but who is in the door's container reaches what changes it", () => {
  const { admin, apps } = render();
  expect(admin.listen).toBe("unix//run/sluice/admin.sock|0600");
  const addresses = Object.values(apps.http.servers).flatMap(({ listen }) => listen);
  expect(addresses).toEqual([":80", "unix//run/sluice/routing.sock|0600", "127.0.0.1:2020"]);
});

test("a request leaves neither headers, query nor an address in the log, and a client's name only as a hash", () => {
  expect(Object.keys(render().logging.logs.requests.encoder.fields)).toEqual(
    expect.arrayContaining(["request>headers", "request>remote_ip", "request>client_ip", "resp_headers"]),
  );
  expect(render().logging.logs.requests.encoder.fields).toMatchObject({
    "request>uri": { filter: "regexp", regexp: "[?].*$" },
    name: { filter: "hash" },
  });
});

test("a slot's users are left to its own servers, unchecked and with patience, where the checks have given up everything", () => {
  const last = proxies(render()).filter(
    ({ load_balancing }) => (load_balancing as { try_duration?: string }).try_duration === "7500ms",
  );
  expect(last.length).toBeGreaterThan(0);
  for (const { health_checks } of last) expect(health_checks ?? {}).not.toHaveProperty("active");
});

test("only replicas that there are get requests, and the port that decides is the one that is checked", () => {
  const two = { listen: [...spec.listen, { port: 81, target: 9090 }], healthPort: 9090, replicas: 1 };
  expect(
    new Set(proxies(render(two)).flatMap(({ upstreams }) => (upstreams as { dial: string }[]).map(({ dial }) => dial))),
  ).toEqual(new Set(["10.0.0.11:8080", "10.0.0.21:8080", "10.0.0.11:9090", "10.0.0.21:9090"]));
  const checked = handlers(render(two).apps.http.servers["health"], "vars").map(({ server }) => server);
  expect(checked).toEqual(["10.0.0.11:9090", "10.0.0.21:9090"]);
  expect(renderServers({ ...spec, ...two })).toBe(
    "blue 10.0.0.11 9090 http /healthz\ngreen 10.0.0.21 9090 http /healthz\n",
  );
});

test("a server is up by any answer below 500, asked for over a port that the door does not use", () => {
  const checks = render({ listen: [...spec.listen, { port: 2020, target: 9090 }] });
  const asked = proxies(checks).flatMap(
    ({ health_checks }) => (health_checks as { active?: { upstream: string } })?.active?.upstream ?? [],
  );
  expect(new Set(asked)).toEqual(new Set(["127.0.0.1:2021"]));
  const { listen, routes } = checks.apps.http.servers["health"] as unknown as { listen: string[]; routes: object[] };
  expect(listen).toEqual(["127.0.0.1:2021"]);
  // Nothing but the door's own servers, at the port that decides, whichever of their ports requests go to.
  expect(routes[2]).toMatchObject({
    match: [{ header: { "X-Sluice-Server": ["[fd00::21]:8080", "[fd00::21]:9090"] } }],
    handle: [{ server: "[fd00::21]:8080" }],
  });
  expect(handlers(routes, "reverse_proxy")).toMatchObject([
    { upstreams: [{ dial: "{http.vars.server}" }], handle_response: [{ match: { status_code: [2, 3, 4] } }] },
  ]);
});

test("a server is not given up for the checks that are made before the door listens", () => {
  const listen = [...spec.listen, { port: 81, target: 9090 }, { port: 443, target: 8080 }];
  const asking = proxies(render({ listen })).filter(({ upstreams, health_checks }) => {
    const isAsked = (upstreams as { dial: string }[]).some(({ dial }) => dial === "10.0.0.11:8080");
    return isAsked && "active" in ((health_checks ?? {}) as object);
  });
  for (const { health_checks } of asking) {
    expect((health_checks as { active: { fails: number } }).active.fails).toBe(asking.length + 1);
  }
  expect(asking).toHaveLength(6);
});

test("who is asked whether it is up is the host that is configured", () => {
  const named = { healthHost: "shop.example.com:8080" };
  expect(renderServers({ ...spec, ...named })).toContain("green fd00::21 8080 http /healthz shop.example.com:8080\n");
  const asked = proxies(render(named)).flatMap(
    ({ health_checks }) => (health_checks as { active?: { headers: object } })?.active?.headers ?? [],
  );
  expect(asked[0]).toMatchObject({ Host: ["shop.example.com:8080"] });
});

test("without a health path a connection is what is asked for", () => {
  expect(renderServers({ ...spec, healthPath: null })).toContain("green fd00::21 8080 connect -\n");
  for (const { health_checks } of proxies(render({ healthPath: null }))) {
    expect(health_checks ?? {}).not.toHaveProperty("active");
  }
  expect(render({ healthPath: null }).apps.http.servers).not.toHaveProperty("health");
});

test("one port speaks TLS, by certificates of an authority that proves the names over that port alone", () => {
  const listen = [...spec.listen, { port: 8443, target: 8080 }];
  const config = render({
    listen,
    https: { hosts: ["shop.example"], port: 8443, issuer: "acme", email: "ops@shop.example" },
  });
  const servers = config.apps.http.servers as Record<string, { tls_connection_policies?: unknown }>;
  expect(Object.keys(servers).filter((name) => servers[name]?.tls_connection_policies)).toEqual(["users_8443"]);
  expect(config.apps).toMatchObject({
    tls: {
      certificates: { automate: ["shop.example"] },
      automation: {
        policies: [
          {
            subjects: ["shop.example"],
            issuers: [
              {
                module: "acme",
                email: "ops@shop.example",
                challenges: { http: { disabled: true }, "tls-alpn": { alternate_port: 8443 } },
              },
            ],
          },
        ],
      },
    },
  });
  expect(render().apps).not.toHaveProperty("tls");
});

test.each<[string, Partial<DoorSpec>]>([
  ["does not listen on port 443", { https: { hosts: ["shop.example"], port: 443, issuer: "acme" } }],
  ["cannot be used", { https: { hosts: ["{env.HOME}"], port: 80, issuer: "acme" } }],
  ["cannot be used", { https: { hosts: ["shop.example"], port: 80, issuer: "acme", email: "{env.HOME}@x" } }],

  ["pass on connections", { protocol: "tcp" }],
  ["send the PROXY protocol", { proxyProtocol: { in: false, out: true } }],
  [
    "know testers by the address that a proxy",
    { testers: { from: { addresses: ["192.0.2.1"], proxies: ["10.0.0.1"] } } },
  ],
])("what Caddy cannot do is refused: %s", (what, changes) => {
  expect(() => render(changes)).toThrow(what);
});

/** The configuration as text, or that it was refused. */
function rendered(changes: Partial<DoorSpec> = {}): string {
  try {
    return JSON.stringify(render(changes));
  } catch (error) {
    if (isSluiceError(error) && error.code === "CONFIG_INVALID") return "refused";
    throw error;
  }
}

test("no text from outside becomes a placeholder, which Caddy would read files or its environment for", () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => `{env.${text}}`);
  fc.assert(
    fc.property(texts, fc.constantFrom("healthPath", "header", "domain", "token"), (text, where) => {
      const changes: Record<string, Partial<DoorSpec>> = {
        healthPath: { healthPath: `/${text}` },
        header: { stickiness: { by: "header", name: text } },
        domain: { stickiness: { by: "cookie", domain: text } },
        token: { testers: { token: { by: "header", name: "x", value: text } } },
      };
      expect(rendered(changes[where])).not.toContain("{env.");
    }),
  );
});
