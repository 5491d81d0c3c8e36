import { expect, it } from "vitest";
import { bytesOf, chunks } from "../../testing/bytes.ts";
import { createReplay } from "./replay.ts";

it("can be read from its beginning again, and no chunk is lost or doubled", async () => {
  const replay = createReplay(chunks("a", "b", "c"));
  expect(await replay.isEmpty()).toBe(false);
  const first = replay.chunks();
  expect((await first.next()).value?.toString()).toBe("a");
  // It waits for the second chunk when it is given up.
  const waiting = first.next();
  const second = bytesOf(replay.chunks());
  expect([await second, replay.canStartAgain()]).toEqual(["abc", true]);
  expect((await waiting).done).toBe(true);
  expect(await bytesOf(replay.chunks())).toBe("abc");
});

it("holds no more than its limit", async () => {
  const replay = createReplay(chunks("aaaa", "bbbb"), 6);
  expect(await bytesOf(replay.chunks())).toBe("aaaabbbb");
  expect(replay.canStartAgain()).toBe(false);
  await expect(bytesOf(replay.chunks())).rejects.toThrow("gone");
});

it("knows a source that is empty, and passes on what it fails of", async () => {
  expect(await createReplay(chunks()).isEmpty()).toBe(true);
  async function* broken() {
    yield* chunks("a");
    throw new Error("broke");
  }
  await expect(bytesOf(createReplay(broken()).chunks())).rejects.toThrow("broke");
});

it("lets its source clean up", async () => {
  let isClean = false;
  async function* source() {
    try {
      yield* chunks("a", "b");
    } finally {
      isClean = true;
    }
  }
  const replay = createReplay(source());
  await replay.isEmpty();
  replay.close();
  await expect.poll(() => isClean).toBe(true);
});
