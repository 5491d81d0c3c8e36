import { aConfig, aProject, aRequest, aService, createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { buildRelease } from "./build-release.ts";

it("a release keeps how long its images say that a start takes", async () => {
  const ports = createFakeWorld().ports();
  const slow = aService("web", { startBudget: { timeoutMs: 600_000, derivation: "by the image", imageMs: 540_000 } });
  const images = { ...ports.images, facts: async () => [slow] };
  const asked = { project: aProject(), request: aRequest("v1"), config: aConfig() };
  const source = { ...asked, key: "k", newestAt: "", imagesOf: null };
  const { release } = await buildRelease({ ...ports, images }, source);
  expect(release.bundle.services).toEqual([slow]);
});
