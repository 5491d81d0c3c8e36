import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEngine } from "./engine.ts";
import { createStampedLines, followLogs } from "./follow-logs.ts";

it.each([[{ since: "1d" }], [{ until: "yesterday" }]])(
  "a log is not read as of all time where %j is no time",
  async (options) => {
    const engine = createEngine({ env: { DOCKER_HOST: "unix:///nowhere/docker.sock" }, clock: createFakeClock() });
    await expect(followLogs(engine, [], options).next()).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("24h") as string,
    });
  },
);

it("a log that breaks off in its middle is an error of the engine's, as one that cannot be opened", async () => {
  const line = Buffer.from("2026-11-29T21:11:02.931499707Z started\n");
  const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, line.length]), line]);
  const server = createServer(({ url = "" }, response) => {
    if (url.includes("/json")) response.end(JSON.stringify({ Config: { Tty: false } }));
    else response.write(frame, () => setTimeout(() => response.destroy(), 20));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const engine = createEngine({ env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` }, clock: createFakeClock() });
  const lines = followLogs(engine, ["web"], { follow: true });
  expect((await lines.next()).value).toMatchObject({ text: "started" });
  await expect(lines.next()).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
    message: expect.any(String) as string,
  });
});

describe("a line over 16 KiB, which the engine gives in parts", () => {
  const stamp = "2026-11-29T21:11:02.931499707Z ";
  const read = (...parts: readonly Uint8Array[]) => {
    const lines: { at: string; text: string }[] = [];
    const splitter = createStampedLines((line) => lines.push(line));
    for (const part of parts) splitter.push(Buffer.concat([Buffer.from(stamp), part]));
    splitter.end();
    return lines;
  };
  const at = stamp.trimEnd();

  it("has no time in its middle, where it would hide a secret from what masks it", () => {
    const text = `${"x".repeat(16_380)}secret-word`;
    const bytes = Buffer.from(`${text}\n`);
    expect(read(bytes.subarray(0, 16_384), bytes.subarray(16_384), Buffer.from("next\n"))).toEqual([
      { at, text },
      { at, text: "next" },
    ]);
  });

  it("keeps the character that was cut", () => {
    const text = `${"x".repeat(16_383)}€`;
    const bytes = Buffer.from(text);
    expect(read(bytes.subarray(0, 16_384), bytes.subarray(16_384))).toEqual([{ at, text }]);
  });

  it("has its time, and none within, also where it is longer than is kept", () => {
    const lines = read(...Array.from({ length: 70 }, () => Buffer.alloc(16_384, "x")));
    expect(new Set(lines.map((line) => line.at))).toEqual(new Set([at]));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(({ text }) => text).join("")).toBe("x".repeat(70 * 16_384));
  });
});
