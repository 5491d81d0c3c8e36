import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Why restic cannot be tried here; empty where it can. */
export const missingRestic =
  spawnSync("restic", ["version"]).status === 0 ? "" : "(skipped: no restic, see bin/setup restic)";

export interface TestRepository {
  readonly repository: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An empty repository in a directory that is there. */
export function initRepository(directory: string): TestRepository {
  const repository = join(directory, "repository");
  const env = { PATH: process.env["PATH"], HOME: directory, RESTIC_PASSWORD: "hunter2" };
  execFileSync("restic", ["init", "--repository-version", "2"], { env: { ...env, RESTIC_REPOSITORY: repository } });
  return { repository, env };
}

/** Runs restic beside Sluice, as a person would. */
export function restic({ repository, env }: TestRepository, ...args: readonly string[]): string {
  return execFileSync("restic", args, { env: { ...env, RESTIC_REPOSITORY: repository }, encoding: "utf8" });
}
