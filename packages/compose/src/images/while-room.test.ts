import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { whileRoom } from "./while-room.ts";

const mebibytes = (count: number) => count * 1_048_576;
const clock = { sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

/** A disk that has as much free at first and at each look, and what it had at the last one from then on. */
function diskOf(atFirst: number | null, ...free: readonly (number | null)[]) {
  let looks = 0;
  return {
    clock,
    atFirst,
    free: async () => {
      looks += 1;
      return free[Math.min(looks, free.length) - 1] ?? null;
    },
    looks: () => looks,
  };
}

/** A build that goes on until it is aborted, and then fails by something of its own. */
const endless = async (signal?: AbortSignal) => {
  await systemClock.sleep(60_000, signal).catch(() => undefined);
  throw new SluiceError("BUILD_FAILED", "compose was ended");
};

it.each([
  ["what serves needs the last 256 MiB", [2_000, 900, 257, 255.5], "255 MiB of the engine's disk: 256 MiB are for"],
  ["little was free before", [400, 150, 101, 99], "99 MiB of the engine's disk: 100 MiB are for"],
])("a build is ended before the disk is full: %s", async (_why, free, message) => {
  const [atFirst = 0, ...later] = free.map(mebibytes);
  const disk = diskOf(atFirst, ...later);
  await expect(whileRoom(disk, endless)).rejects.toMatchObject({
    code: "DISK_FULL",
    message: expect.stringContaining(message),
    hint: expect.stringContaining("not with `docker system prune`"),
  });
  expect(disk.looks()).toBe(later.length);
});

it("a build that leaves room ends as it does, and nobody looks any more", async () => {
  const disk = diskOf(mebibytes(1_024), mebibytes(256));
  expect(await whileRoom(disk, () => systemClock.sleep(20).then(() => "built"))).toBe("built");
  const before = disk.looks();
  expect(before).toBeGreaterThan(0);
  await systemClock.sleep(20);
  expect(disk.looks()).toBe(before);
  const failure = new SluiceError("BUILD_FAILED", "no such base");
  await expect(whileRoom(disk, () => Promise.reject(failure))).rejects.toBe(failure);
});

it("a build whose disk nobody can look at is left alone", async () => {
  const { signal } = new AbortController();
  const disk = diskOf(null);
  expect(await whileRoom(disk, async (given) => given, signal)).toBe(signal);
  expect(disk.looks()).toBe(0);
});

it("a build that somebody stops ends with why", async () => {
  const stop = new AbortController();
  const ended = whileRoom(diskOf(mebibytes(2_000)), endless, stop.signal);
  stop.abort(new SluiceError("INTERRUPTED", "Ctrl-C"));
  await expect(ended).rejects.toMatchObject({ code: "INTERRUPTED" });
});
