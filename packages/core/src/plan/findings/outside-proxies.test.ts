import { expect, it } from "vitest";
import type { PlanStep } from "../steps/step.ts";
import { outsideFindings, readdressed } from "./outside-proxies.ts";

it("proxies of others are told of for each network, with what has them ask again", () => {
  const nginx = {
    container: "front-1",
    network: "shared",
    program: "nginx",
    renew: "docker exec front-1 nginx -s reload",
  };
  const haproxy = { container: "lb-1", network: "shared", program: "haproxy", renew: "docker restart lb-1" };
  expect(outsideFindings(["web"], [])).toEqual([]);
  expect(outsideFindings(["web"], [nginx, haproxy])).toEqual([
    {
      severity: "warn",
      code: "proxy-outside",
      message:
        "web gets another address, and front-1 (nginx), lb-1 (haproxy) of others on network shared may have asked for the one of before once and for all: users who come in there would be cut off",
      hint: "where one leads to it, as soon as it answers there: docker exec front-1 nginx -s reload; docker restart lb-1",
    },
  ]);
  expect(outsideFindings(["web", "api"], [nginx, { ...nginx, network: "more" }])).toMatchObject([
    {
      message: expect.stringContaining("web, api get other addresses, and front-1 (nginx) of others on network shared"),
    },
    { message: expect.stringContaining("on network more") },
  ]);
});

it("an address changes where a door takes over from a container, or from another door", () => {
  const step = (kind: "door" | "adopt" | "shift", more: object) =>
    ({ id: kind, kind, target: "", cause: "", ...more }) as unknown as PlanStep;
  const door = (service: string, more: object = {}) => step("door", { service, replaces: false, ...more });
  const steps = [
    door("new"),
    door("web", { replaces: true }),
    door("api", { cutsOver: true }),
    step("adopt", { services: ["web", "site"] }),
    step("shift", { service: "other" }),
  ];
  expect(readdressed({ steps })).toEqual(["web", "api", "site"]);
});
