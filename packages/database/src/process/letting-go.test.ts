import { expect, it } from "vitest";
import { lettingGo } from "./letting-go.ts";

it("passes all bytes on and keeps none of them", async () => {
  const count = 800;
  async function* source() {
    // As what comes from a socket: each has memory of its own.
    for (let index = 0; index < count; index += 1) yield new Uint8Array(256 << 10).fill(index);
  }
  const before = process.memoryUsage().arrayBuffers;
  const kept: number[] = [];
  let bytes = 0;
  for await (const chunk of lettingGo(source())) {
    bytes += chunk.length;
    kept.push(process.memoryUsage().arrayBuffers - before);
  }
  expect(bytes).toBe(count * (256 << 10));
  // V8 gives the memory back on a thread of its own, which may be late for a while on a busy machine.
  const usual = kept.sort((a, b) => a - b)[count / 2];
  expect(usual).toBeLessThan(16 << 20);
});
