import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { untilTagged } from "./until-tagged.ts";

const tags = ["sluice/shop-web:building-1", "sluice/shop-worker:building-1"];
const never = new Promise<void>(() => {});

/** One that tells that these names were given to images, and goes on listening where nothing else is said. */
function engineTelling(names: readonly string[], { breaks = false } = {}) {
  const stream = new Readable({ read() {} });
  for (const name of names) {
    stream.push(`${JSON.stringify({ Type: "image", Action: "tag", Actor: { Attributes: { name } } })}\n`);
  }
  if (breaks) queueMicrotask(() => stream.destroy(new Error("connection reset")));
  return { stream, engine: { call: async () => stream } as unknown as Engine };
}

describe("untilTagged", () => {
  it("resolves when every image has its tag, whoever else tags meanwhile and however long the build goes on", async () => {
    const { engine, stream } = engineTelling([tags[1] ?? "", "shop:latest", tags[0] ?? ""]);
    await untilTagged(engine, tags, never);
    expect(stream.destroyed).toBe(true);
  });

  it("waits for the build where a tag is missing", async () => {
    const { engine, stream } = engineTelling([tags[0] ?? ""]);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let isOver = false;
    const over = untilTagged(engine, tags, ended).then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    end();
    await over;
    expect(stream.destroyed).toBe(true);
  });

  it("throws what the build throws", async () => {
    const { engine } = engineTelling([tags[0] ?? ""]);
    await expect(untilTagged(engine, tags, Promise.reject(new Error("no such base")))).rejects.toThrow("no such base");
  });

  it.each([
    ["the events break off", () => engineTelling([], { breaks: true }).engine],
    [
      "the engine tells of nothing",
      () =>
        ({
          call: async () => {
            throw new Error("not allowed");
          },
        }) as unknown as Engine,
    ],
  ])("waits for the build where %s", async (_, engine) => {
    await expect(untilTagged(engine(), tags, Promise.resolve())).resolves.toBeUndefined();
    await expect(
      untilTagged(engine(), tags, new Promise((_, reject) => setImmediate(reject, new Error("later")))),
    ).rejects.toThrow("later");
  });
});
