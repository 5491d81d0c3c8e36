import {
  type Clock,
  type ContainerExec,
  SluiceError,
  type ThrowAway,
  type ThrowAwayContainers,
  type ThrowAwayRequest,
} from "@sluice/core";
import type { DatabaseDriver, DriverCall, ScratchDatabase } from "../driver.ts";
import { compressHere } from "../process/compressed-output.ts";
import { readEnvironment } from "../process/container-environment.ts";
import { engineDisk, freeBytesIn } from "../process/free-bytes.ts";
import { orDispose } from "../process/or-dispose.ts";
import { reasonOf } from "../process/reason-of.ts";
import { waitUntilReady } from "../process/wait-until-ready.ts";

/** Argument arrays, run in the service's container or in a throw-away one of its image. */
export interface DatabaseCommands {
  /** Writes a dump of one moment to its standard output, and ends with 0 only if it is whole. */
  readonly dump: readonly string[];
  /** Reads such a dump from its standard input into an empty server. Without it a backup is never more than written. */
  readonly restore?: readonly string[] | undefined;
  /** Ends with 0 once a throw-away server takes connections. Default: as soon as it runs. */
  readonly ready?: readonly string[] | undefined;
  /** Ends with 0 if what was restored is good. */
  readonly verify?: readonly string[] | undefined;
}

export interface CommandOptions {
  readonly exec: ContainerExec;
  readonly throwAway: ThrowAwayContainers;
  readonly clock: Clock;
  readonly stack: string;
  readonly service: string;
  readonly container: string;
  readonly commands: DatabaseCommands;
  /** How a throw-away container starts. Default: as its image says. */
  readonly start?: Pick<ThrowAwayRequest, "entrypoint" | "command"> | undefined;
  /** Of the throw-away container. */
  readonly scratchMemoryBytes: number;
}

const noticedWithinMs = 200;

/** Of what a container's environment says, this is the container's own. */
const ownVariables = new Set(["HOME", "HOSTNAME", "PATH", "PWD", "SHLVL", "_"]);

/**
 * Anything that a command dumps and another takes back. Nothing is known of it but that these commands ended well: such a
 * backup is `restored` at best, and it is put back by hand.
 */
export function createCommandDriver(options: CommandOptions): DatabaseDriver {
  const { exec, service, container, commands } = options;
  const database = {
    name: service,
    owner: "",
    encoding: "",
    collate: null,
    ctype: null,
    provider: "command",
    locale: null,
  };
  const live = { server: { version: "unknown", major: 1, preload: "" }, database, sizeBytes: 0 };
  return {
    kind: "command",
    database: service,
    probe: async () => live,
    scratchFreeBytes: ({ signal }) => freeBytesIn(exec, container, engineDisk, signal),
    async dump({ signal }) {
      const output = await compressHere(exec, { container, options: { signal }, command: commands.dump });
      return {
        live,
        bytes: output.bytes,
        rawBytes: () => output.rawBytes(),
        fingerprint: async () => null,
        notComparable: "nobody here knows what a database of kind command holds",
        [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
      };
    },
    globals: async () => null,
    fingerprint: async () => unknownContent,
    scratch: (_manifest, image, call) => scratch(options, image, call),
    foreseeSwap: async (call) => {
      throw byHand(service, call);
    },
    restoreBeside: async (_manifest, _source, call) => {
      throw byHand(service, call);
    },
    undoSwap: async (call) => {
      throw byHand(service, call);
    },
  };
}

const unknownContent = { tables: [], sequences: [], largeObjects: 0, objects: {}, extensions: {}, notCovered: [] };

async function scratch(
  { exec, throwAway, clock, stack, container, commands, start, scratchMemoryBytes }: CommandOptions,
  image: string,
  { signal }: DriverCall,
): Promise<ScratchDatabase> {
  const { restore, ready, verify } = commands;
  if (restore === undefined) {
    throw new SluiceError("CONFIG_INVALID", "database.command.restore is not configured: nobody can try a backup", {
      hint: "name the command that reads a dump from its standard input into an empty server",
    });
  }
  // As the service's own container was told to set itself up.
  const told = await readEnvironment(exec, container, signal);
  const environment = Object.fromEntries([...told.all].filter(([name]) => !ownVariables.has(name)));
  const request = { stack, image, purpose: "verify", environment, memoryBytes: scratchMemoryBytes, ...start };
  return orDispose(await throwAway.start(request, signal), async (started) => {
    if (ready) await waitUntilReady({ container: started, exec, clock, probe: ready }, signal);
    const run = async (command: readonly string[], stdin: AsyncIterable<Uint8Array> | string) => {
      const ended = await exec.exec(started.id, command, { stdin, signal }).catch((error: unknown) => ({ error }));
      if ("exitCode" in ended && ended.exitCode === 0) return;
      signal?.throwIfAborted();
      await assertRuns(started, clock, signal);
      if ("error" in ended) throw ended.error;
      const { exitCode, stderr } = ended;
      const reason = reasonOf(stderr) ?? "it said nothing";
      throw new SluiceError("RESTORE_FAILED", `${command[0]} failed (exit code ${exitCode}): ${reason}`, {
        detail: stderr.trim() || undefined,
      });
    };
    return {
      server: { version: "unknown", major: 1, preload: "" },
      async restore({ dump }) {
        await run(restore, dump);
        if (verify) await run(verify, "");
      },
      fingerprint: async () => unknownContent,
      [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
    };
  });
}

/** What a container that has ended does to a command in it says nothing of the backup. @throws SluiceError START_FAILED */
async function assertRuns(container: ThrowAway, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  // The engine learns of an end a moment after the processes are gone, and no event tells that it has not come.
  await clock.sleep(noticedWithinMs, signal);
  const state = await container.inspect(signal);
  if (state?.state === "running") return;
  const how = state ? `ended with exit code ${state.exitCode}${state.oomKilled ? ", out of memory" : ""}` : "is gone";
  throw new SluiceError("START_FAILED", `the throw-away container ${how} before the backup was in it`, {
    hint: 'it starts as the service does, and has no network: where that cannot be, say in database.command.start what it shall run, such as [sleep, "86400"]',
    detail: (await container.logTail(30).catch(() => "")) || undefined,
  });
}

function byHand(service: string, { backup }: DriverCall): SluiceError {
  return new SluiceError(
    "RESTORE_FAILED",
    `${service} is backed up by commands: nothing can be put in its place unseen`,
    {
      hint: `restore it by hand: ${backup}.dump goes through zstd -dc into docker compose exec -T ${service} COMMAND; through age -d first where it is encrypted, and out of restic as restic dump writes it`,
    },
  );
}
