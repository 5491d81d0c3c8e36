import type { RoleDecision } from "@sluice/core";
import { expect, it } from "vitest";
import { unknownProxy } from "./unknown-proxy.ts";

function told(labels: Readonly<Record<string, string>>, parts: Partial<RoleDecision> = {}) {
  const model = { name: "shop", services: { web: { image: "shop", labels } } };
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
    hint: "have that proxy lead to http://web by its own configuration, without the label: the door answers there; or set services.web.strategy: recreate in sluice.yaml (a gap at each deployment)",
    path: ["labels", "easyhaproxy.http.localport"],
  });
  expect(told({ "tsdproxy.enable": "true" })).toMatchObject({ code: "proxy-unknown" });
  expect(told({ "proxy.acme.host": "shop.example.com, www.example.com" })).toMatchObject({ code: "proxy-unknown" });
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
