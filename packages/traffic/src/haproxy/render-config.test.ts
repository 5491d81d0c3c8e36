import { type DoorSpec, isSluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderHaproxyConfig } from "./render-config.ts";

const spec: DoorSpec = {
  stack: "shop",
  service: "web",
  protocol: "http",
  listen: [{ port: 80, target: 8080 }],
  servers: { blue: ["10.0.0.11"], green: ["10.0.0.21"] },
  healthPath: "/healthz",
  stickiness: { by: "cookie" },
  proxyProtocol: { in: false, out: false },
  previewSecret: "0123456789abcdef",
  drainTimeoutMs: 30_000,
};
/** The lines of one section, without their indentation. */
const section = (config: string, name: string) => {
  const lines = config.split("\n");
  const from = lines.indexOf(name) + 1;
  const length = lines.slice(from).findIndex((line) => !line.startsWith("  "));
  return lines.slice(from, from + length).map((line) => line.trim());
};

test("a stable slot without a candidate has its own servers and nothing else", () => {
  const config = renderHaproxyConfig(spec);
  expect(section(config, "backend only_blue").filter((line) => line.startsWith("server"))).toEqual([
    "server blue1 10.0.0.11:8080 check",
    "server blue1-unchecked 10.0.0.11:8080 backup",
  ]);
});

test("a client's bucket says to which of several replicas it goes, unless clients are not to be known", () => {
  const rules = (changes: Partial<DoorSpec>) => {
    const servers = { blue: ["10.0.0.11", "10.0.0.12", "10.0.0.13"], green: ["10.0.0.21", "10.0.0.22", "10.0.0.23"] };
    const config = renderHaproxyConfig({ ...spec, servers, replicas: 2, ...changes });
    const names = ["only", "stable", "candidate", "preview"].map((way) => `backend ${way}_green`);
    return names.map((name) => section(config, name).filter((line) => line.startsWith("use-server")));
  };
  const usual = [
    "use-server green1 if { var(txn.bucket),mod(2) eq 0 }",
    "use-server green2 if { var(txn.bucket),mod(2) eq 1 }",
  ];
  expect(rules({})).toEqual([usual, usual, usual, []]);
  for (const changes of [{ replicas: 1 }, { stickiness: { by: "none" } }, { protocol: "tcp" }] as const) {
    expect(rules(changes)).toEqual([[], [], [], []]);
  }
});

test("listens on IPv6 in a socket of its own, only where the container is told that it has it", () => {
  for (const options of ["", " accept-proxy"]) {
    const proxyProtocol = { in: options !== "", out: false };
    expect(section(renderHaproxyConfig({ ...spec, proxyProtocol }), "frontend users_80").slice(0, 4)).toEqual([
      `bind :80${options}`,
      ".if defined(SLUICE_DOOR_IPV6)",
      `bind :::80 v6only${options}`,
      ".endif",
    ]);
  }
});

test("users are left to the stable slot's own servers where the checks have given up everything", () => {
  const lines = section(renderHaproxyConfig(spec), "frontend users_80").filter((line) =>
    line.startsWith("use_backend"),
  );
  expect(lines.filter((line) => line.includes("blue_stable"))).toEqual([
    "use_backend candidate_green if blue_stable has_share in_share { nbsrv(candidate_green) gt 0 }",
    "use_backend stable_blue if blue_stable has_share { nbsrv(stable_blue) gt 0 }",
    "use_backend only_blue if blue_stable",
  ]);
});

test("each slot stands by for the other only where both have users", () => {
  const config = renderHaproxyConfig(spec);
  for (const [name, other] of [
    ["only_blue", "green"],
    ["only_green", "blue"],
    ["preview_blue", "green"],
    ["preview_green", "blue"],
  ]) {
    expect(section(config, `backend ${name}`).join("\n")).not.toContain(`server ${other}`);
  }
  for (const [name, backup] of [
    ["candidate_green", "blue1"],
    ["stable_green", "blue1"],
    ["candidate_blue", "green1"],
  ]) {
    expect(
      section(config, `backend ${name}`)
        .filter((line) => line.includes("backup"))
        .at(-1),
    ).toContain(backup);
  }
});

test("several ports have backends of their own, and the health path is asked for on one of them", () => {
  const config = renderHaproxyConfig({
    ...spec,
    listen: [
      { port: 80, target: 8080 },
      { port: 81, target: 9090 },
    ],
    healthPort: 9090,
  });
  expect(section(config, "backend only_blue").join("\n")).toContain("uri /healthz");
  expect(section(config, "backend only_blue").join("\n")).toContain("10.0.0.11:9090");
  expect(section(config, "backend only_blue_80").join("\n")).not.toContain("/healthz");
});

test("ports that speak otherwise have defaults, frontends and backends of their own kind", () => {
  const config = renderHaproxyConfig({
    ...spec,
    listen: [
      { port: 1883, target: 1883, protocol: "tcp" },
      { port: 8080, target: 8080 },
      { port: 9000, target: 9000, protocol: "h2" },
    ],
    healthPort: 8080,
  });
  const [, http = "", tcp = ""] = config.split(/^defaults$/m);
  expect([http, tcp].map((part) => /mode (\w+)/.exec(part)?.[1])).toEqual(["http", "tcp"]);
  expect([http, tcp].map((part) => part.match(/^frontend .*$/gm))).toEqual([
    ["frontend users_8080", "frontend users_9000"],
    ["frontend users_1883"],
  ]);
  expect(tcp).not.toMatch(/http|preview/);
  expect(http).toContain("server blue1 10.0.0.11:9000 check proto h2");
  expect(http).toContain("server blue1 10.0.0.11:8080 check\n");
});

test("users who wait for what is dead leave room for previews, on every port by its own backends", () => {
  const config = renderHaproxyConfig({
    ...spec,
    listen: [
      { port: 80, target: 8080 },
      { port: 81, target: 9090 },
    ],
  });
  expect(section(config, "frontend users_81").filter((line) => line.includes("be_conn"))).toEqual(
    ["blue", "green"].map(
      (slot) =>
        `http-request deny deny_status 503 if !preview { var(txn.stable) -m str ${slot} } { nbsrv(preview_${slot}_81) eq 0 } { be_conn(only_${slot}_81) ge 5000 }`,
    ),
  );
});

test("IPv6 addresses and the PROXY protocol", () => {
  const config = renderHaproxyConfig({
    ...spec,
    servers: { blue: ["fd00::11"], green: ["fd00::21"] },
    proxyProtocol: { in: true, out: true },
  });
  expect(config).toContain("server blue1 [fd00::11]:8080 check send-proxy-v2 check-send-proxy");
  expect(config).toContain("bind :80 accept-proxy");
});

test("testers known by address cost others nothing, and their networks no line that is too long", () => {
  const addresses = Array.from({ length: 100 }, (_, index) => `203.0.${index}.0/24`);
  const rules = (testers: DoorSpec["testers"]) =>
    section(renderHaproxyConfig({ ...spec, testers }), "frontend users_80").filter((line) => /from|tester/.test(line));
  expect(rules(undefined)).toEqual([]);
  const lines = rules({ from: { addresses, proxies: ["10.0.0.1"] } });
  expect(lines.filter((line) => line.startsWith("acl from_tester"))).toHaveLength(100);
  // Nobody's word is taken unless a proxy is named.
  expect(lines.some((line) => line.includes("x-forwarded-for"))).toBe(true);
  expect(rules({ from: { addresses } }).some((line) => line.includes("x-forwarded-for"))).toBe(false);
});

test("who is asked whether it is up is the host that is configured", () => {
  const line = (text: string) => text.split("\n").find((one) => one.includes("http-check send"));
  expect(line(renderHaproxyConfig(spec))).toContain(" hdr Host localhost ");
  expect(line(renderHaproxyConfig({ ...spec, healthHost: "shop.test" }))).toContain(" hdr Host shop.test ");
});

test.each<[string, Partial<DoorSpec>]>([
  ["a name for an address", { servers: { blue: ["web"], green: ["10.0.0.21"] } }],
  ["no address", { servers: { blue: [], green: ["10.0.0.21"] } }],
  ["a health path with a space", { healthPath: "/a b" }],
  ["a health host with a line break", { healthHost: "shop.test\n  server evil" }],
  ["a header with a line break", { stickiness: { by: "header", name: "X\nfrontend evil" } }],
  ["a cookie domain with a quote", { stickiness: { by: "cookie", domain: 'x"; Secure' } }],
  ["testers with a quote", { testers: { token: { by: "header", name: "X-Release", value: 'next-1234"' } } }],
  ["testers by a header with a space", { testers: { token: { by: "header", name: "X Release", value: "next-1234" } } }],
  ["testers from a name", { testers: { from: { addresses: ["203.0.113.7", "office"] } } }],
  ["a proxy with a zone", { testers: { from: { addresses: ["203.0.113.7"], proxies: ["fe80::1%eth0"] } } }],
  ["a short secret", { previewSecret: "short" }],
  [
    "a port twice",
    {
      listen: [
        { port: 80, target: 1 },
        { port: 80, target: 2 },
      ],
    },
  ],
  ["a health port that is none of its targets", { healthPort: 1234 }],
])("%s is refused before it becomes configuration", (_what, change) => {
  expect(() => renderHaproxyConfig({ ...spec, ...change })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

test("no text from outside adds a line or a quote to the configuration, and the secret is in no error", () => {
  const lines = renderHaproxyConfig(spec).split("\n").length;
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("\n", '"', "'", "\\", "$", "{", "}", "#", " ", "%", "/", "a") }),
  );
  const changes = fc.record(
    {
      healthPath: text,
      healthHost: text,
      previewSecret: text,
      service: text,
      stack: text,
      domain: text,
      network: text,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(changes, ({ domain, network, ...change }) => {
      const stickiness = { by: "cookie", domain } as const;
      const testers = network === undefined ? undefined : { from: { addresses: [network] } };
      const result = attempt(() => renderHaproxyConfig({ ...spec, ...change, stickiness, testers }));
      expect(result.config.split("\n")).toHaveLength(result.refused === null ? lines : 1);
      expect(result.config.split('"').length % 2).toBe(1);
      const secret = change.previewSecret ?? "";
      expect(secret.length > 6 && result.refused?.includes(secret)).not.toBe(true);
    }),
    { numRuns: 500 },
  );
});

function attempt(render: () => string): { config: string; refused: string | null } {
  try {
    return { config: render(), refused: null };
  } catch (error) {
    if (isSluiceError(error)) return { config: "", refused: `${error.message} ${error.hint}` };
    throw error;
  }
}

test("lists no more servers than there are replicas: an absent one would get requests until its first check", () => {
  const listed = renderHaproxyConfig({
    ...spec,
    servers: { blue: ["10.0.0.11", "10.0.0.12"], green: ["10.0.0.21", "10.0.0.22"] },
    replicas: 1,
  });
  expect(listed).toMatch(/^ {2}server green1 /m);
  expect(listed).not.toMatch(/^ {2}server green2 /m);
});
