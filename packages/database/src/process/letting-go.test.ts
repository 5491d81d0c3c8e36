import { expect, it } from "vitest";
import { lettingGo } from "./letting-go.ts";

it("passes all bytes on and keeps none of them", async () => {
  const count = 400;
  async function* source() {
    // As what comes from a socket: each has memory of its own.
    for (let index = 0; index < count; index += 1) yield new Uint8Array(256 << 10).fill(index);
  }
  const before = process.memoryUsage().arrayBuffers;
  let [bytes, most] = [0, 0];
  for await (const chunk of lettingGo(source())) {
    bytes += chunk.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(bytes).toBe(count * (256 << 10));
  expect(most).toBeLessThan(20 << 20);
});
