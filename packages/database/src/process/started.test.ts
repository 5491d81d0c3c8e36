import { expect, it } from "vitest";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { orDispose } from "./or-dispose.ts";
import { started } from "./started.ts";

it("waits for the first bytes, and gives all of them", async () => {
  const seen: string[] = [];
  async function* slow() {
    seen.push("begun");
    yield* chunks("a", "b", "c");
  }
  const all = await started(slow());
  expect(seen).toEqual(["begun"]);
  expect(await bytesOf(all)).toBe("abc");
  expect(await bytesOf(await started(chunks()))).toBe("");
});

it("throws what comes before them, and ends what is not read to its end", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* chunks();
    throw new Error("access denied");
  }
  await expect(started(broken())).rejects.toThrow("access denied");

  let ended = false;
  async function* endless() {
    try {
      for (;;) yield* chunks("x");
    } finally {
      ended = true;
    }
  }
  for await (const _chunk of await started(endless())) break;
  expect(ended).toBe(true);
});

it("what is held is let go where the next step fails, and only there", async () => {
  let disposed = 0;
  const held = { [Symbol.asyncDispose]: async () => void (disposed += 1) };
  expect(await orDispose(held, async () => 42)).toBe(42);
  expect(disposed).toBe(0);
  await expect(orDispose(held, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(disposed).toBe(1);
});
