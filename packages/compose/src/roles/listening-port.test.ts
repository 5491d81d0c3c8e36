import type { ComposeService } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { classifyServices } from "./classify-services.ts";
import { listeningPort, servicePorts } from "./listening-port.ts";
import { protocolsOf } from "./protocols.ts";
import { serviceFindings } from "./service-findings.ts";

const traefik = (kind: string, name: string, what: string) =>
  `traefik.${kind}.services.${name}.loadbalancer.server.${what}`;

describe("ports where a service listens beside its first and what it publishes", () => {
  const published = [{ target: 3000, published: "80", protocol: "tcp" }];
  test.each<[string, ComposeService, readonly number[] | undefined]>([
    ["none", { ports: published, expose: ["3000"] }, undefined],
    ["what it exposes", { expose: ["3000", 6001, "9464/tcp", "53/udp"] }, [6001, 9464]],
    ["a range of these", { ports: published, expose: ["3000-3002"] }, [3001, 3002]],
    [
      "each service that Traefik knows of it",
      { labels: { [traefik("http", "a", "port")]: "3000", [traefik("http", "m", "port")]: "9464" } },
      [9464],
    ],
    [
      "each port that Caddy is told",
      { labels: { "caddy_0.reverse_proxy": "{{upstreams 80}}", "caddy_1.reverse_proxy": "{{upstreams 81}}" } },
      [81],
    ],
    [
      "each port that nginx-proxy is told",
      { environment: { VIRTUAL_HOST_MULTIPORTS: 'a.test:\n  "/": { port: 8000 }\n  "/ws":\n    port: "8001"\n' } },
      [8001],
    ],
    [
      "not where a health check asks alone",
      { ports: published, healthcheck: { test: ["CMD-SHELL", "curl http://localhost:9999/up"] } },
      undefined,
    ],
  ])("%s", (_title, service, further) => {
    expect(servicePorts(service, listeningPort(service)).furtherPorts).toEqual(further);
  });

  test("are those of labels, too, where another one is configured", () => {
    const labels = { [traefik("http", "a", "port")]: "3000" };
    expect(servicePorts({ labels }, listeningPort({ labels }, { port: 4000 })).furtherPorts).toEqual([3000]);
  });

  test("speak what Traefik is told that they do", () => {
    const labels = {
      [traefik("http", "a", "port")]: "3000",
      [traefik("http", "g", "port")]: "7000",
      [traefik("http", "g", "scheme")]: "h2c",
      [traefik("tcp", "q", "port")]: "7001",
    };
    const expected = { protocol: "http", protocols: { 7000: "h2", 7001: "tcp" } };
    expect(protocolsOf({ labels, expose: [8080] }, 3000)).toEqual(expected);
  });
});

describe("a port that others call", () => {
  const web: ComposeService = { build: { context: "." }, expose: ["3000"], healthcheck: { test: ["CMD", "true"] } };
  const found = (caller: ComposeService, more: ComposeService = {}) => {
    const model = { name: "shop", services: { web: { ...web, ...more }, caller } };
    const findings = serviceFindings(model, classifyServices(model));
    return findings.flatMap(({ service, code, message }) =>
      code === "port-without-door" ? `${service}: ${message}` : [],
    );
  };
  const prometheus = { image: "prom/prometheus", environment: { TARGETS: "web:3000,web:9464" } };

  test("is told of where it is none of the door's and the caller stays in base", () => {
    const told = "web: caller calls web at port 9464, where its door does not listen";
    expect(found(prometheus)).toEqual([told]);
    expect(found({ image: "nginx", command: ["proxy", "http://web:9464/"] })).toEqual([told]);
  });

  test("is not where the door listens there, or the caller is in a slot, where it meets the service itself", () => {
    expect(found(prometheus, { expose: ["3000", "9464"] })).toEqual([]);
    expect(found({ ...web, environment: prometheus.environment })).toEqual([]);
    expect(found({ image: "prom/prometheus", environment: { TARGETS: "web2:9464,other-web:9464" } })).toEqual([]);
  });
});
