import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobAttempt } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNoted } from "./job-addresses.ts";

let root: string;
let directory: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "job-addresses-"));
  directory = join(root, "migrations", "db");
});
afterAll(() => rm(root, { recursive: true }));

const signal = new AbortController().signal;
const attempt = { signal, onStarted: () => undefined };
const never = () => new Promise<never>(() => undefined);
/** What a run is told of those before, which is refused before its job begins. */
const leftIn = (at: string, ended: readonly string[] = []) =>
  runNoted({ directory: at, ended, job: never, run: async (left) => left });
const dies = (...addresses: readonly string[]) =>
  void runNoted({
    directory,
    ended: [],
    job: async ({ onStarted }) => onStarted(addresses),
    run: async (_left, job) => job(attempt).then(never),
  });

describe("where a migration's job ran", () => {
  it("is known to the runs after one that died, until the job of one of them is over", async () => {
    expect(await leftIn(directory)).toEqual([]);
    dies("172.30.0.3", "shop-green-migrate-1.shop_back", "fd00::5");
    await expect.poll(() => leftIn(directory)).toEqual(["172.30.0.3", "fd00::5"]);
    expect(await leftIn(directory, ["172.30.0.4"])).toEqual(["172.30.0.3", "fd00::5", "172.30.0.4"]);
    dies("172.30.0.5");
    await expect.poll(() => leftIn(directory)).toEqual(["172.30.0.3", "fd00::5", "172.30.0.4", "172.30.0.5"]);
    const told: (readonly string[])[] = [];
    const onStarted = (addresses: readonly string[]) => void told.push(addresses);
    const failing = runNoted({
      directory,
      ended: [],
      job: async (call) => call.onStarted(["172.30.0.6"]),
      run: async (_left, job) => {
        await job({ signal, onStarted });
        throw new Error("the job");
      },
    });
    await expect(failing).rejects.toThrow("the job");
    expect(told).toEqual([["172.30.0.6"]]);
    expect(await leftIn(directory)).toEqual([]);
  });

  it("is not what was half written", async () => {
    const cut = join(root, "cut");
    await mkdir(cut);
    await writeFile(join(cut, "addresses"), "172.30.0.3\n172.30.0.1");
    expect(await leftIn(cut)).toEqual(["172.30.0.3"]);
  });

  it("keeps nothing from running where it cannot be noted", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    const job = async ({ onStarted }: JobAttempt) => onStarted(["172.30.0.3"]);
    await runNoted({ directory: file, ended: ["172.30.0.2"], job, run: (_left, run) => run(attempt) });
  });
});
