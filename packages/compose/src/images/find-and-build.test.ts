import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { findAndBuild } from "./find-and-build.ts";

const missing = new Error("no such image");
const broken = new Error("the build failed");
const made = () => ({ discard: vi.fn(async () => undefined) });

describe("finding and building at once", () => {
  it("gives both", async () => {
    const image = made();
    const both = await findAndBuild({}, { find: async () => "found", build: async () => image });
    expect(both).toEqual(["found", image]);
    expect(image.discard).not.toHaveBeenCalled();
  });

  it("ends the build when an image is not found, and waits until it has ended", async () => {
    let ended = false;
    const build = async ({ signal }: { signal?: AbortSignal | undefined }) => {
      await sleep(60_000, undefined, { signal }).catch(() => undefined);
      await sleep(5);
      ended = true;
      throw signal?.reason;
    };
    await expect(findAndBuild({}, { find: () => Promise.reject(missing), build })).rejects.toBe(missing);
    expect(ended).toBe(true);
  });

  it("takes away what was built already", async () => {
    const image = made();
    const find = () => sleep(5).then(() => Promise.reject(missing));
    await expect(findAndBuild({}, { find, build: async () => image })).rejects.toBe(missing);
    expect(image.discard).toHaveBeenCalledOnce();
  });

  it("ends the search when the build fails", async () => {
    const find = ({ signal }: { signal?: AbortSignal | undefined }) => sleep(60_000, "found", { signal });
    await expect(findAndBuild({}, { find, build: () => Promise.reject(broken) })).rejects.toBe(broken);
  });

  it("ends both with the signal", async () => {
    const both = ({ signal }: { signal?: AbortSignal | undefined }) => sleep(60_000, null, { signal });
    await expect(findAndBuild({ signal: AbortSignal.timeout(5) }, { find: both, build: both })).rejects.toMatchObject({
      name: expect.stringMatching(/AbortError|TimeoutError/) as string,
    });
  });
});
