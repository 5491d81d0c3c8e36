import { aConfig, aProject, aRequest, createFakeWorld } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { deploy } from "../deploy.ts";

describe("a build that tells the end of its log late", () => {
  it("is heard out before the last word of a deployment, which does not wait for it otherwise", async () => {
    const world = createFakeWorld();
    const ports = world.ports();
    const told: string[] = [];
    let tellTheRest = () => {};
    const images: typeof ports.images = {
      ...ports.images,
      async build(project, tag, options = {}) {
        const built = await ports.images.build(project, tag, options);
        const reported = new Promise<void>((resolve) => {
          tellTheRest = () => {
            options.onOutput?.({ source: "build", stream: "stdout", text: "the last line" });
            resolve();
          };
        });
        return { ...built, reported };
      },
    };
    const onEvent: typeof ports.onEvent = (event) => {
      told.push(event.type === "output-line" ? event.text : event.type);
      if (event.type === "step-end" && event.kind === "promote") setImmediate(tellTheRest);
      ports.onEvent(event);
    };
    const result = await deploy(
      {
        stack: world.state.stack,
        homeId: "home",
        previewSecret: "secret of the preview",
        config: aConfig(),
        project: aProject(),
        actor: "tester",
        reason: "a test",
        release: aRequest("v1"),
      },
      { ...ports, images, onEvent },
      new AbortController().signal,
    );
    expect(result.outcome).toBe("live");
    expect(told.slice(-2)).toEqual(["the last line", "deployment-end"]);
  });
});
