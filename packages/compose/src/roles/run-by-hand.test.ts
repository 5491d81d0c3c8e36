import type { ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { classifyServices } from "./classify-services.ts";
import { serviceFindings } from "./service-findings.ts";

const ports = [{ target: 80, published: "80", protocol: "tcp" }];
const job: ComposeService = { command: ["seed"], restart: "no" };

function hintOf(code: string, services: Readonly<Record<string, ComposeService>>) {
  const model = { name: "shop", services };
  return serviceFindings(model, classifyServices(model)).find((finding) => finding.code === code)?.hint;
}

/** What is built, where the image is from, and how it is run by hand. */
const ways: readonly [string, Readonly<Record<string, ComposeService>>, ComposeService, string][] = [
  ["that is built", {}, { build: { context: "." } }, "docker compose run --rm --build --no-deps seed"],
  ["of an image from elsewhere", {}, { image: "acme/seed:2" }, "docker compose run --rm --no-deps seed"],
  [
    "of the image that another service builds",
    { app: { image: "shop", build: { context: "." }, command: ["worker"] } },
    { image: "shop" },
    "docker compose build app && docker compose run --rm --no-deps seed",
  ],
];

describe("how a tool is run by hand, from what is checked out and with nothing beside it", () => {
  it.each(ways)("is said of a job that waits for what is there only after it: one %s", (_what, others, own, way) => {
    const services = { ...others, web: { image: "front", ports }, seed: { ...job, ...own, depends_on: { web: {} } } };
    const hint = hintOf("job-before-its-needs", services);
    expect(hint).toBe(
      `leave web out of its depends_on if it can do without, or set services.seed.role: tool in sluice.yaml and run it after a deployment: ${way}`,
    );
  });

  it.each(ways)("is said of a job with a MAC address: one %s", (_what, others, own, way) => {
    const hint = hintOf("identity-dropped", { ...others, seed: { ...job, ...own, mac_address: "02:42:ac:11:00:02" } });
    expect(hint).toBe(`if it needs that, set services.seed.role: tool in sluice.yaml and run it by hand: ${way}`);
  });
});
