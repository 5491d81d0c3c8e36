import { describe, expect, it } from "vitest";
import type { WrittenConfig } from "../../config/schema.ts";
import { aConfig, aService } from "../../testing/index.ts";
import { assertHttps, assertPortProtocols, doorSpec } from "./door-spec.ts";

const servers = { blue: ["10.0.0.2"], green: ["10.0.1.2"] };
const specOf = (service = aService("web"), config = aConfig()) =>
  doorSpec({ stack: "shop", service, config, servers, previewSecret: "s3cret" });

describe("the door of a service", () => {
  it("listens where the application listens, once for each port", () => {
    const ports = [
      { published: 80, target: 3000, protocol: "tcp" },
      { published: 81, target: 3000, protocol: "tcp" },
      { published: 90, target: 2000, protocol: "tcp" },
      { published: 53, target: 53, protocol: "udp" },
    ] as const;
    expect(specOf(aService("web", { ports, port: 4000 }))).toMatchObject({
      listen: [
        { port: 2000, target: 2000 },
        { port: 3000, target: 3000 },
        { port: 4000, target: 4000 },
      ],
      healthPort: 4000,
      healthPath: null,
      servers,
      replicas: 1,
    });
  });

  it("listens at all ports where the application does, published or not", () => {
    const { listen } = specOf(aService("web", { furtherPorts: [9464, 6001] }));
    expect(listen.map(({ port }) => port)).toEqual([3000, 6001, 9464]);
  });

  it("speaks at each port what the application does, and names that only where it is not what the service speaks", () => {
    const ports = [3000, 1883].map((target) => ({ published: target, target, protocol: "tcp" }) as const);
    expect(specOf(aService("web", { ports, protocols: { 1883: "tcp" } }))).toMatchObject({
      protocol: "http",
      listen: [
        { port: 1883, target: 1883, protocol: "tcp" },
        { port: 3000, target: 3000 },
      ],
    });
    // As it was before ports had protocols of their own: the door is not made anew for that.
    expect(JSON.stringify(specOf(aService("web", { ports, protocols: { 1883: "http" } })))).toBe(
      JSON.stringify(specOf(aService("web", { ports }))),
    );
  });

  it("is refused a protocol for a port that is none of the application's", () => {
    const configured = (protocol: Record<string, "tcp">) =>
      aConfig({ services: { web: { protocol, https: { hosts: ["shop.test"], port: 8443 } } } });
    const ports = [3000, 8443].map((target) => ({ published: target, target, protocol: "tcp" }) as const);
    const check = (port: number) => () =>
      assertPortProtocols(configured({ [port]: "tcp" }), [aService("web", { ports })]);
    expect(check(3000)).not.toThrow();
    expect(check(3001)).toThrow("service web has no port 3001 to speak tcp at");
    expect(check(8443)).toThrow("no port 8443");
  });

  it("takes health path, stickiness and drain from the configuration", () => {
    const config = aConfig({
      services: { web: { health: { path: "/up", host: "shop.test" } } },
      traffic: { sticky: { header: "X-Account" }, drain: { timeout: "5s" } },
    });
    expect(specOf(aService("web"), config)).toMatchObject({
      healthPath: "/up",
      healthHost: "shop.test",
      stickiness: { by: "header", name: "X-Account" },
      drainTimeoutMs: 5_000,
    });
    const domain = aConfig({ traffic: { sticky: { cookie: { domain: "shop.test" } } } });
    expect(specOf(aService("web"), domain).stickiness).toEqual({ by: "cookie", domain: "shop.test" });
    expect(specOf(aService("web"), aConfig({ traffic: { sticky: "ip" } })).stickiness).toEqual({ by: "ip" });
  });

  it("speaks the PROXY protocol as its release expects it, and hears it as it is configured", () => {
    const config = aConfig({ traffic: { proxyProtocol: { in: true, out: true } } });
    const older = aService("web", { proxyProtocol: { in: false, out: false } });
    expect(specOf(older, config).proxyProtocol).toEqual({ in: true, out: false });
    expect(specOf(aService("web"), config).proxyProtocol).toEqual({ in: true, out: true });
  });

  it("knows testers by a header or a cookie, and by where they come from", () => {
    const testersOf = (testers: NonNullable<WrittenConfig["traffic"]>["testers"]) =>
      specOf(aService("web"), aConfig({ traffic: { testers } })).testers;
    const token = { name: "X-Release", value: "next-1234" };
    const addresses = ["203.0.113.0/24", "2001:db8::/32"];
    expect(testersOf(token)).toEqual({ token: { by: "header", ...token } });
    expect(testersOf({ ...token, by: "cookie" })).toEqual({ token: { by: "cookie", ...token } });
    expect(testersOf({ addresses })).toEqual({ from: { addresses } });
    const proxies = ["172.16.0.0/12"];
    expect(testersOf({ ...token, addresses, proxies })).toEqual({
      token: { by: "header", ...token },
      from: { addresses, proxies },
    });
    expect(specOf().testers).toBeUndefined();
  });

  describe("that ends TLS", () => {
    const published = (target: number, host: number) => ({ published: host, target, protocol: "tcp" }) as const;
    const ports = [published(3000, 80), published(8443, 443)];
    const config = aConfig({ services: { web: { https: { hosts: ["shop.test"], email: "ops@shop.test" } } } });

    it("speaks it at the port that the compose file publishes, and leads from there to the application", () => {
      const spec = specOf(aService("web", { ports, port: 3000 }), config);
      expect(spec.listen).toEqual([
        { port: 3000, target: 3000 },
        { port: 8443, target: 3000 },
      ]);
      expect(spec.https).toEqual({ hosts: ["shop.test"], port: 8443, issuer: "acme", email: "ops@shop.test" });
    });

    const unpublished = aService("web", { ports: ports.slice(0, 1), port: 3000 });
    const alone = aService("web", { ports: ports.slice(1), port: null });

    it("is refused where that port is not published, or nobody knows another one", () => {
      expect(() => assertHttps(config, [unpublished])).toThrow(/publishes no port 8443/);
      expect(() => assertHttps(config, [alone])).toThrow(/where service web listens beside its HTTPS/);
      const others = [aService("web", { ports, port: 3000 }), aService("admin"), { ...alone, active: false }];
      expect(() => assertHttps(config, others)).not.toThrow();
    });

    it("does not for a release from before that was configured: its ports lead where they led", () => {
      expect(specOf(unpublished, config)).toMatchObject({ listen: [{ port: 3000, target: 3000 }], https: undefined });
      expect(specOf(alone, config)).toMatchObject({ listen: [{ port: 8443, target: 8443 }], https: undefined });
    });
  });

  it("cannot be made where nobody knows the port", () => {
    expect(() => specOf(aService("web", { ports: [], port: null }))).toThrow(/on which port service web listens/);
  });
});
