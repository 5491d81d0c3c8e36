import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Why restic cannot be tried here; empty where it can. */
export const missingRestic =
  spawnSync("restic", ["version"]).status === 0 ? "" : "(skipped: no restic, see bin/setup restic)";

export interface TestRepository {
  readonly repository: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What `restic init` made where the processor was slow, so that the password gives the key in some milliseconds. Of a usual
 * repository it takes each run of restic a third of a second, which is most of what it does in these tests.
 */
const quick = {
  config:
    "cJTZxdIt515CryP/eViP+wbvYLE+TmZ5mCQLYzFwJ3uUCLGxlXZY9kKJkdcOifi52BKQ7/pOYl+Asc5J+F/R103cRE9pVpPV" +
    "wrFGBaNHXTl5N3y6RtNSeXb+7KSx1YMRGX9yjwoPvOVDFxCS62m15LXX50Iaq0SC/GcjAJxKgA+QPySLBDnAUTjqvAI+UWbn" +
    "xI/jLUJMzJ6R014=",
  key: {
    created: "2026-01-01T00:00:00Z",
    username: "test",
    hostname: "test",
    kdf: "scrypt",
    N: 2048,
    r: 8,
    p: 1,
    salt: "++4Siaf7BK+FfzbI7wBM0luS2quBR7CNoY0wEYnn4dlO6tZklxD5riNT/H2FakkbhBkmcI7GSYy4IdkNuxnb2w==",
    data:
      "YX0pNRMBwBOVj/FC9m3a+dPOtcQP9k8HGhG3ALUpyL5zVGxpYmfkDtDuHKPyc2/Lf5knwgZDsfG9RSs4Apq3xChD3ZSHY3Zl" +
      "WOXyFhn1B7G6oL6n0IijMJSxb1fySCqhMXO5yrFGRiwuQBmdMTB0NdwRqs6wlqwECelQxqQJ8N7w1FPN0nxSs/w2yH3btRs4" +
      "spBREiIRMRy83Ff/EVOuNQ==",
  },
};

/** An empty repository of version 2 in a directory that is there. */
export function initRepository(directory: string): TestRepository {
  const repository = join(directory, "repository");
  for (const name of ["data", "index", "keys", "locks", "snapshots"])
    mkdirSync(join(repository, name), { recursive: true });
  writeFileSync(join(repository, "config"), Buffer.from(quick.config, "base64"));
  const key = JSON.stringify(quick.key);
  writeFileSync(join(repository, "keys", createHash("sha256").update(key).digest("hex")), key);
  return { repository, env: { PATH: process.env["PATH"], HOME: directory, RESTIC_PASSWORD: "hunter2" } };
}

/** Runs restic beside Sluice, as a person would. */
export function restic({ repository, env }: TestRepository, ...args: readonly string[]): string {
  return execFileSync("restic", args, { env: { ...env, RESTIC_REPOSITORY: repository }, encoding: "utf8" });
}
