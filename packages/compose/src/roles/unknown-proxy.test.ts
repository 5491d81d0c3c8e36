import { parseConfig, type RoleDecision } from "@sluice/core";
import { expect, it } from "vitest";
import { withLabelPrefixes } from "../model/proxy-labels.ts";
import { unknownProxy } from "./unknown-proxy.ts";

function told(
  labels: Readonly<Record<string, string>>,
  parts: Partial<RoleDecision> = {},
  prefixes: readonly string[] = [],
) {
  const model = withLabelPrefixes({ name: "shop", services: { web: { image: "shop", labels } } }, prefixes);
  const decision = {
    service: "web",
    role: "web",
    strategy: "slots",
    confidence: "sure",
    reason: "",
    ...parts,
  } as const;
  return unknownProxy(model, decision, {}, [decision]);
}

it("a label that may lead a proxy to containers of a candidate is told of", () => {
  expect(told({ "easyhaproxy.http.localport": "3000" })).toEqual({
    severity: "warn",
    code: "proxy-unknown",
    message:
      "label easyhaproxy.http.localport of web may have a proxy lead users to its containers, past its door: to those of a candidate, too",
    hint: 'name its labels in sluice.yaml (traffic.proxyLabels: ["easyhaproxy."]): the door has them then, and no other container (a port that they name is to be one that the service exposes); or have that proxy lead to http://web by its own configuration; or set services.web.strategy: recreate (a gap at each deployment)',
    path: ["labels", "easyhaproxy.http.localport"],
  });
  expect(told({ "tsdproxy.enable": "true" })).toMatchObject({ code: "proxy-unknown" });
  expect(told({ "proxy.acme.host": "shop.example.com, www.example.com" })).toMatchObject({
    code: "proxy-unknown",
    hint: expect.stringContaining('["proxy.acme."]'),
  });
});

it("what the hint names can be configured", () => {
  const finding = told({ "acme.io/proxy.host": "shop.example.com" });
  expect(finding).toMatchObject({ hint: expect.stringContaining('traffic.proxyLabels: ["acme.io/proxy."]') });
  const { traffic } = parseConfig('traffic: { proxyLabels: ["acme.io/proxy."] }', "sluice.yaml");
  expect(told({ "acme.io/proxy.host": "shop.example.com" }, {}, traffic.proxyLabels)).toBeUndefined();
});

it("one that the configuration names is not: the door has it", () => {
  expect(told({ "tsdproxy.enable": "true" }, {}, ["tsdproxy."])).toBeUndefined();
  expect(told({ "tsdproxy.enable": "true" }, {}, ["easyhaproxy."])).toMatchObject({ code: "proxy-unknown" });
});

it("one for a proxy that the door is made known to is not, nor what is no name of users", () => {
  const labels = { "traefik.http.middlewares.a.headers.customrequestheaders.host": "a.example", caddy: "a.example" };
  expect(told(labels)).toBeUndefined();
  expect(told({ "diun.enable": "true", "app.host": "node-3", "homepage.href": "https://a.example" })).toBeUndefined();
});

it("what is not two has none that is not proven", () => {
  expect(told({ "tsdproxy.enable": "true" }, { strategy: "recreate" })).toBeUndefined();
  expect(told({ "tsdproxy.enable": "true" }, { role: "worker" })).toBeUndefined();
});
