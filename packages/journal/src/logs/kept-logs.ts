import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type LogOrigin, SluiceError } from "@sluice/core";
import { entriesOf } from "../home/discard-unused.ts";
import type { StateHome } from "../home/state-home.ts";
import { type LogReplacement, type LogWriter, openLog, replaceLog } from "./log-writer.ts";
import { type KeptLog, readLog } from "./read-log.ts";

/** Of one container, job or build: some 100,000 lines of a chatty one, and more than anybody reads. */
const mostBytesOfOne = 10 * 1_024 * 1_024;
/** Of one deployment: what failed is kept first, and each of some ten containers in full. */
const mostBytesOfDeployment = 100 * 1_024 * 1_024;
/** Of all deployments together: of no weight beside the images of a release. */
const mostBytesOfAll = 200 * 1_024 * 1_024;

export interface KeptLogs {
  /**
   * Opens a log for writing after what is there of it.
   *
   * @throws SluiceError DISK_FULL, NAME_INVALID where the deployment or the log would be a path; what else the file system says
   */
  open(deployment: string, origin: LogOrigin): LogWriter;
  /** Opens a log that is written anew, beside the one that may be there. @throws as `open` */
  replace(deployment: string, origin: LogOrigin): LogReplacement;
  /** Whether a log of this origin is there. */
  has(deployment: string, origin: LogOrigin): boolean;
  /** Deployments that something is kept of, oldest first. */
  deployments(): Promise<readonly string[]>;
  /** What is kept of a deployment: its build, jobs and containers, by name. */
  of(deployment: string): Promise<readonly KeptLog[]>;
  /** Nothing is kept of what is no name of a deployment, such as a path. */
  remove(deployment: string): Promise<void>;
  /** Removes the oldest beyond a number of deployments, and beyond what all may take. The newest one stays. */
  prune(mostDeployments: number): Promise<void>;
}

export interface KeptLogsOptions {
  readonly mostBytesOfOne?: number | undefined;
  readonly mostBytesOfDeployment?: number | undefined;
  readonly mostBytesOfAll?: number | undefined;
  /** What stays free on the disk: where there is less, nothing is written. Default: nothing has to. */
  readonly leastFreeBytes?: number | undefined;
}

/** Logs of deployments in a state home: a directory for each deployment, and in it a file for whatever wrote one. */
export function createKeptLogs(
  { path: home }: Pick<StateHome, "path">,
  {
    mostBytesOfOne: ofOne = mostBytesOfOne,
    mostBytesOfDeployment: ofDirectory = mostBytesOfDeployment,
    mostBytesOfAll: ofAll = mostBytesOfAll,
    leastFreeBytes: free = 0,
  }: KeptLogsOptions = {},
): KeptLogs {
  const all = join(home, "logs");
  const room = { ofOne, ofDirectory, free };
  const pathOf = (deployment: string, origin: LogOrigin) =>
    join(all, assertName(deployment), assertName(fileName(origin)));
  // Ids of deployments sort by time.
  const deployments = async () => [...(await directoriesIn(all))].toSorted();
  const remove = async (deployment: string) => {
    if (isName(deployment)) await rm(join(all, deployment), { recursive: true, force: true });
  };
  return {
    open: (deployment, origin) => openLog(pathOf(deployment, origin), origin, room),
    replace: (deployment, origin) => replaceLog(pathOf(deployment, origin), origin, room),
    has: (deployment, origin) =>
      isName(deployment) && isName(fileName(origin)) && existsSync(pathOf(deployment, origin)),
    deployments,
    async of(deployment) {
      // What was typed is a name among these, and no path.
      if (!(await directoriesIn(all)).includes(deployment)) return [];
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

/** Of one entry of a directory: no path, so that nothing leads out of the logs, or to all of them. */
function isName(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && basename(text) === text;
}

function assertName(text: string): string {
  if (isName(text)) return text;
  throw new SluiceError("NAME_INVALID", `no log can be kept under ${JSON.stringify(text)}`, {
    hint: "a deployment goes by its id, and a container by its name",
  });
}

/** What else somebody has put there is no deployment. */
async function directoriesIn(path: string): Promise<readonly string[]> {
  const isDirectory = (name: string) =>
    stat(join(path, name)).then(
      (found) => found.isDirectory(),
      () => false,
    );
  const names = await entriesOf(path);
  const are = await Promise.all(names.map(isDirectory));
  return names.filter((_, index) => are[index]);
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
