import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "./frames.ts";
import { gatherFrames } from "./gather-frames.ts";
import { connectInPlace } from "./read-in-place.ts";

const pieceBytes = 64;

const frame = (stream: Frame["stream"], data: Uint8Array) => {
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

/** Copies at once, as a piece is lent. */
async function collect(connection: Duplex) {
  const found = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), sizes: [] as number[] };
  for await (const { stream, data } of gatherFrames(connection, pieceBytes)) {
    found[stream] = Buffer.concat([found[stream], data]);
    if (stream === "stdout") found.sizes.push(data.length);
    // Others get their turn while the piece is lent.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/** A connection of each kind: a stream, and a socket that is read in place. What is written to `far` comes out of `near`. */
async function connected(kind: "stream" | "socket") {
  if (kind === "stream") {
    const both = new PassThrough();
    return { near: both, far: both as Duplex, async [Symbol.asyncDispose]() {} };
  }
  const directory = await mkdtemp(join(tmpdir(), "sluice-gather-"));
  const path = join(directory, "socket");
  const server = createServer({ allowHalfOpen: true });
  server.listen(path);
  await once(server, "listening");
  const near = connectInPlace(path);
  const [far] = (await once(server, "connection")) as [Socket];
  far.on("error", () => undefined);
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}

describe.each(["stream", "socket"] as const)("over a %s", (kind) => {
  it("gives every byte to its stream, in whole pieces after the first and before the last", async () => {
    const bytes = fc.uint8Array({ maxLength: 3 * pieceBytes });
    const frames = fc.array(fc.tuple(fc.constantFrom("stdout" as const, "stderr" as const), bytes));
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 200 }), async (parts, cut) => {
        await using connection = await connected(kind);
        const wire = Buffer.concat(parts.map(([stream, data]) => frame(stream, data)));
        const found = collect(connection.near);
        for (let at = 0; at < wire.length; at += cut) connection.far.write(wire.subarray(at, at + cut));
        connection.far.end();
        const { sizes, ...read } = await found;
        for (const name of ["stdout", "stderr"] as const) {
          const sent = Buffer.concat(parts.flatMap(([stream, data]) => (stream === name ? [data] : [])));
          expect(read[name].equals(sent)).toBe(true);
        }
        expect(sizes.slice(1, -1).every((size) => size === pieceBytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("passes the first bytes on as they come", async () => {
    await using connection = await connected(kind);
    const frames = gatherFrames(connection.near, pieceBytes);
    const first = frames.next();
    connection.far.write(frame("stdout", Buffer.from("begun")));
    expect(Buffer.from((await first).value?.data ?? []).toString()).toBe("begun");
    const next = frames.next();
    connection.far.end(frame("stdout", Buffer.from("and ended")));
    expect(Buffer.from((await next).value?.data ?? []).toString()).toBe("and ended");
    expect((await frames.next()).done).toBe(true);
  });

  it("makes the other side wait while nobody reads", async () => {
    await using connection = await connected(kind);
    const frames = gatherFrames(connection.near, pieceBytes);
    const first = frames.next();
    const block = frame("stdout", Buffer.alloc(1 << 16, 7));
    connection.far.write(block);
    await first;
    let written = 0;
    while (connection.far.write(block) && written < 1_000) {
      written += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(1_000);
    // All of it is there for who reads on.
    connection.far.end();
    let rest = 0;
    for await (const { data } of frames) rest += data.length;
    expect(rest).toBe((written + 2) * (1 << 16) - pieceBytes);
  });

  it("refuses an end inside a frame, and says what broke the connection", async () => {
    await using cut = await connected(kind);
    const found = collect(cut.near);
    cut.far.end(frame("stdout", Buffer.from("hello")).subarray(0, 10));
    await expect(found).rejects.toMatchObject({ code: "EXEC_FAILED" });

    await using broken = await connected(kind);
    const read = collect(broken.near);
    broken.near.destroy(new Error("reset by peer"));
    await expect(read).rejects.toThrow("reset by peer");

    await using gone = await connected(kind);
    const lost = collect(gone.near);
    gone.near.destroy();
    await expect(lost).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });
});
