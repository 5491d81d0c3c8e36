import { type ContainerExec, SluiceError, type ThrowAwayContainers } from "@sluice/core";
import { findTool, type SqliteTool } from "./tool.ts";

export interface ToolOptions {
  readonly exec: ContainerExec;
  readonly throwAway: ThrowAwayContainers;
  readonly stack: string;
  /** Of the service whose volume the database is on. */
  readonly container: string;
  /** Has `sqlite3`, Python or Node, and `sleep`; for services whose own image has none of them. */
  readonly toolImage?: string | undefined;
  /** Of throw-away containers. */
  readonly scratchMemoryBytes: number;
}

/** Which program a container has does not change while it runs; asking costs some processes. */
const found = new WeakMap<ToolOptions, SqliteTool>();

/** Disposing removes the container that was started for it, if one was. */
export type OpenTool = SqliteTool & AsyncDisposable;

/** A tool of the service's own container; `null` where it has none. Starts nothing. */
export async function ownTool(options: ToolOptions, signal?: AbortSignal): Promise<SqliteTool | null> {
  const own = found.get(options) ?? (await findTool(options.exec, options.container, signal));
  if (own) found.set(options, own);
  return own;
}

/**
 * A tool that reaches the database's file: of the service's own container where it has one, so that the SQLite is the one
 * that the application knows; else in a container of another image with the same volumes.
 *
 * @throws SluiceError DATABASE_UNKNOWN, IMAGE_MISSING, START_FAILED
 */
export async function openTool(options: ToolOptions, signal?: AbortSignal): Promise<OpenTool> {
  const { container, toolImage } = options;
  const own = await ownTool(options, signal);
  if (own) return { ...own, async [Symbol.asyncDispose]() {} };
  if (toolImage === undefined) throw noTool(`the container ${container}`);
  return startTool(options, toolImage, { entrypoint: ["sleep"], command: ["86400"], volumesFrom: container }, signal);
}

/** Runs while nobody asks it to do anything. */
const idle = {
  sqlite3: ["sleep", "86400"],
  python3: ["python3", "-c", "import time; time.sleep(86400)"],
  node: ["node", "-e", "setTimeout(() => {}, 86400000)"],
} as const;

/**
 * The same tool in a container that nobody needs, of the image that the service ran; nothing of the application starts in it.
 *
 * @param volumeAt path at which the container has a volume of its own; default: none
 */
export async function openScratchTool(
  options: ToolOptions,
  image: string,
  signal?: AbortSignal,
  volumeAt?: string,
): Promise<OpenTool> {
  await using live = await openTool(options, signal);
  const isOwn = live.container === options.container;
  const [program, ...command] = idle[live.kind];
  const place = isOwn || options.toolImage === undefined ? image : options.toolImage;
  return await startTool(options, place, { entrypoint: [program], command, volumeAt }, signal);
}

async function startTool(
  { exec, throwAway, stack, scratchMemoryBytes }: ToolOptions,
  image: string,
  start: {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    readonly volumesFrom?: string;
    readonly volumeAt?: string | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<OpenTool> {
  const purpose = "sqlite";
  const request = { stack, image, purpose, environment: {}, memoryBytes: scratchMemoryBytes, ...start };
  const container = await throwAway.start(request, signal);
  const dispose = () => container[Symbol.asyncDispose]();
  try {
    const tool = await findTool(exec, container.id, signal);
    if (!tool) throw noTool(`image ${image}`);
    return { ...tool, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function noTool(where: string): SluiceError {
  return new SluiceError("DATABASE_UNKNOWN", `${where} has no program with SQLite: sqlite3, python3, or node 22.16`, {
    hint: "name an image that has one: database.toolImage in sluice.yaml",
  });
}
