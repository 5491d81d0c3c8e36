import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, readFrames } from "./frames.ts";

const frame = (stream: Frame["stream"], data: Uint8Array) => {
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

async function* cut(bytes: Uint8Array, sizes: readonly number[]) {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(source: AsyncIterable<Uint8Array>) {
  const found = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  for await (const { stream, data } of readFrames(source)) found[stream] = Buffer.concat([found[stream], data]);
  return found;
}

describe("readFrames", () => {
  it("gives every byte to its stream, however the connection cuts them", async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom("stdout" as const, "stderr" as const), fc.uint8Array()));
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(frames, sizes, async (parts, cuts) => {
        const wire = Buffer.concat(parts.map(([stream, data]) => frame(stream, data)));
        const found = await collect(cut(wire, cuts));
        for (const name of ["stdout", "stderr"] as const) {
          const sent = Buffer.concat(parts.flatMap(([stream, data]) => (stream === name ? [data] : [])));
          expect(found[name].equals(sent)).toBe(true);
        }
      }),
    );
  });

  it("refuses a stream that ends inside a frame", async () => {
    const wire = frame("stdout", Buffer.from("hello")).subarray(0, 10);
    await expect(collect(cut(wire, [3]))).rejects.toMatchObject({ code: "EXEC_FAILED" });
  });
});
