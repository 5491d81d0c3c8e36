import { mkdirSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LogOrigin } from "@sluice/core";
import { entriesOf } from "../home/discard-unused.ts";
import type { StateHome } from "../home/state-home.ts";
import { type LogWriter, openLog } from "./log-writer.ts";
import { type KeptLog, readLog } from "./read-log.ts";

/** Of one container, job or build: some 100,000 lines of a chatty one, and more than anybody reads. */
const mostBytesOfOne = 10 * 1_024 * 1_024;
/** Of all deployments together: of no weight beside the images of a release. */
const mostBytesOfAll = 200 * 1_024 * 1_024;

export interface KeptLogs {
  /** Opens a log for writing. @throws what the file system says */
  open(deployment: string, origin: LogOrigin, options?: { readonly anew?: boolean | undefined }): LogWriter;
  /** Deployments that something is kept of, oldest first. */
  deployments(): Promise<readonly string[]>;
  /** What is kept of a deployment: its build, jobs and containers, by name. */
  of(deployment: string): Promise<readonly KeptLog[]>;
  remove(deployment: string): Promise<void>;
  /** Removes the oldest beyond a number of deployments, and beyond what all may take. The newest one stays. */
  prune(mostDeployments: number): Promise<void>;
}

export interface KeptLogsOptions {
  readonly mostBytesOfOne?: number | undefined;
  readonly mostBytesOfAll?: number | undefined;
}

/** Logs of deployments in a state home: a directory for each deployment, and in it a file for whatever wrote one. */
export function createKeptLogs(
  { path: home }: Pick<StateHome, "path">,
  { mostBytesOfOne: ofOne = mostBytesOfOne, mostBytesOfAll: ofAll = mostBytesOfAll }: KeptLogsOptions = {},
): KeptLogs {
  const all = join(home, "logs");
  // Ids of deployments sort by time.
  const deployments = async () => [...(await entriesOf(all))].toSorted();
  const remove = (deployment: string) => rm(join(all, deployment), { recursive: true, force: true });
  return {
    open(deployment, origin, { anew } = {}) {
      const directory = join(all, deployment);
      // Not the home, which may be taken away in this moment: parts alone would be no home.
      for (const part of [all, directory]) makeSync(part);
      return openLog(join(directory, fileName(origin)), origin, { mostBytes: ofOne, anew });
    },
    deployments,
    async of(deployment) {
      // What was typed is a name among these, and no path.
      if (!(await entriesOf(all)).includes(deployment)) return [];
      const names = (await entriesOf(join(all, deployment))).filter((name) => name.endsWith(ending));
      const logs = await Promise.all(names.toSorted().map((name) => readLog(join(all, deployment, name))));
      return logs.filter((log) => log !== null);
    },
    remove,
    async prune(mostDeployments) {
      const newestFirst = (await deployments()).toReversed();
      let bytes = 0;
      for (const [index, deployment] of newestFirst.entries()) {
        bytes += await sizeOf(join(all, deployment));
        if (index > 0 && (index >= mostDeployments || bytes > ofAll)) await remove(deployment);
      }
    },
  };
}

const ending = ".ndjson";

function makeSync(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function fileName({ place, container }: LogOrigin): string {
  return `${container}@${place}${ending}`;
}

async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
