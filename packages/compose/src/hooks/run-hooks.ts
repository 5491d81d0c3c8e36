import { type CallOptions, isSluiceError, SluiceError, within } from "@sluice/core";
import type Docker from "dockerode";
import { type Engine, withSignal } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { hookNote, startContainers } from "../engine/start.ts";
import { endMarked } from "../exec/kill-marked.ts";
import { startProcess } from "../exec/process.ts";
import { createTail } from "../exec/tail-text.ts";
import type { Hook, HookKind, Hooks } from "./service-hooks.ts";

/** A container, as the engine lists it or tells of it, and what is to run in it. */
export interface HookedContainer {
  readonly id: string;
  /** A start of now would find it started: it runs, is paused, or is about to be restarted by the engine. */
  readonly isStarted: boolean;
  readonly hooks: Hooks;
}

/** A run that comes after one that was killed in such a hook must find what that left running. */
const postStartMark = "post_start";
const outputBytes = 16 * 1024;
/** Characters of a command in messages: it may be a whole script. */
const longestShown = 200;
/** A stop waits no longer for what is to run before it, nor longer than for the container itself. */
const preStopMs = 30_000;
const defaultGraceS = 10;
const endMs = 1_000;

/**
 * Starts containers as `startContainers` does, and runs what is to run in each after its start. What ran already is left alone, but
 * for hooks of a start that was killed before they were through: those run from the first one, as far as `stopNotes` are kept.
 *
 * @throws SluiceError START_FAILED, also for a hook that ends with another exit code than 0, cannot be run, or is not through when a deadline aborts the
 * signal; with its output as detail
 */
export async function startHooked(
  engine: Engine,
  containers: readonly HookedContainer[],
  { signal, onOutput }: CallOptions = {},
): Promise<void> {
  const { stopNotes } = engine;
  const hooked = containers.filter(({ hooks }) => hooks.postStart.length > 0);
  const owed = new Set<string>();
  await Promise.all(
    hooked.map(async ({ id, isStarted }) => {
      if (!isStarted) await stopNotes?.set(hookNote(id), "").catch(() => undefined);
      else if ((await stopNotes?.get(hookNote(id)).catch(() => undefined)) === undefined) return;
      // What was killed in a hook has left that running.
      else await endMarked(engine, id, postStartMark, signal);
      owed.add(id);
    }),
  );
  const started = new Set(
    await startContainers(
      engine,
      containers.map(({ id }) => id),
    ),
  );
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  try {
    await Promise.all(
      hooked.map(async ({ id, hooks }) => {
        if (!owed.has(id) && !started.has(id)) return;
        await runAll(engine, id, hooks.postStart, "post_start", { signal: either, onOutput });
        await stopNotes?.remove(hookNote(id)).catch(() => undefined);
      }),
    );
  } finally {
    // The first failure ends the others.
    stop.abort();
  }
}

/**
 * Runs what is to run before the stop of containers, of each for as long as its own grace, 30 s at most. It prevents no stop: what
 * fails, or is not through by then, is told as output.
 *
 * @throws the signal's reason
 */
export async function runPreStop(
  engine: Engine,
  containers: readonly HookedContainer[],
  { signal, onOutput }: CallOptions = {},
): Promise<void> {
  const hooked = containers.filter(({ isStarted, hooks }) => isStarted && hooks.preStop.length > 0);
  await Promise.all(
    hooked.map(async ({ id, hooks }) => {
      const details = await find(engine, id);
      if (!details || !isUp(details)) return;
      // It has taken its leave by then: whoever is to start it, because the stop never came, must start it anew.
      await engine.stopNotes?.set(id, details.State.StartedAt).catch(() => undefined);
      const graceMs = ((details.Config as { readonly StopTimeout?: number }).StopTimeout ?? defaultGraceS) * 1_000;
      try {
        await within(engine.clock, Math.min(graceMs, preStopMs), signal, (either) =>
          runAll(engine, id, hooks.preStop, "pre_stop", { signal: either, onOutput }),
        );
      } catch (error) {
        signal?.throwIfAborted();
        const { message, detail } = error as { readonly message: string; readonly detail?: string };
        const what = message.startsWith("pre_stop ") ? message : `pre_stop: ${message}`;
        const lines = [`${what}; the container is stopped all the same`, ...(detail ?? "").split("\n")];
        for (const text of lines.filter(Boolean)) onOutput?.({ source: nameOf(details), stream: "stderr", text });
      }
    }),
  );
}

async function runAll(
  engine: Engine,
  id: string,
  hooks: readonly Hook[],
  kind: HookKind,
  options: CallOptions,
): Promise<void> {
  const before = await find(engine, id);
  if (!before || !isUp(before)) return;
  for (const hook of hooks) {
    try {
      await runHook(engine, id, hook, kind, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (kind === "post_start") await untilEnded(engine, id, options.signal);
      const now = await find(engine, id);
      // One that has ended says more by its log, which whoever waits for it shows.
      if (!now?.State.Running || now.State.Paused) return;
      if (kind === "post_start") assertSameRun(before, now);
      throw error;
    }
  }
  if (kind === "pre_stop") return;
  const after = await find(engine, id);
  if (after?.State.Running) assertSameRun(before, after);
}

/** Whoever waits for it to be ready counts restarts from then on only. @throws SluiceError START_FAILED */
function assertSameRun(before: Docker.ContainerInspectInfo, now: Docker.ContainerInspectInfo): void {
  if (!now.State.Restarting && now.State.StartedAt === before.State.StartedAt) return;
  const name = nameOf(now);
  throw new SluiceError("START_FAILED", `${name} ended and was restarted while its post_start ran`, {
    hint: `docker logs ${name}`,
  });
}

/** For a second at most: the engine tells the end of a container some moments after that of what ran beside its command. */
async function untilEnded(engine: Engine, id: string, signal: AbortSignal | undefined): Promise<void> {
  const container = (await engine.docker()).getContainer(id);
  const ended = within(engine.clock, endMs, signal, (either) => container.wait(withSignal(either)));
  await ended.catch(() => undefined);
}

/** A command can be run in it. The engine says of one that it is about to restart that it runs. */
function isUp({ State }: Docker.ContainerInspectInfo): boolean {
  return State.Running && !State.Paused && !State.Restarting;
}

async function runHook(
  engine: Engine,
  id: string,
  { command, user, privileged, workingDir, environment }: Hook,
  kind: HookKind,
  { signal, onOutput }: CallOptions,
): Promise<void> {
  const details = await find(engine, id);
  const name = details ? nameOf(details) : id.slice(0, 12);
  const words = (engine.redact(command.join(" ")).split("\n")[0] ?? "").slice(0, longestShown);
  if (kind === "post_start") onOutput?.({ source: name, stream: "stdout", text: `${kind}: ${words}` });
  const failed = (why: string, more: { readonly detail?: string | undefined; readonly cause?: unknown } = {}) =>
    new SluiceError("START_FAILED", engine.redact(`${kind} of ${name} ${why}`), {
      hint: `run it by hand in a container that runs: docker exec ${name} …; it must bear to be run again`,
      ...more,
    });
  const output = createTail(outputBytes);
  const detail = () => engine.redact(output.text().trim()) || undefined;
  try {
    const mark = kind === "post_start" ? postStartMark : undefined;
    const options = { user, privileged, workingDir, environment, signal, mark, withInput: false };
    const process = await startProcess(engine, id, command, options);
    for await (const { data } of process.frames) output.push(data);
    const exitCode = await process.exitCode();
    if (exitCode !== 0) throw failed(`ended with exit code ${exitCode}: ${words}`, { detail: detail() });
  } catch (error) {
    // Whoever waits for the start would say no more than that it took too long.
    if (kind === "post_start" && isLate(signal))
      throw failed(`was not through when the time for the start was over: ${words}`, {
        detail: detail(),
        cause: error,
      });
    signal?.throwIfAborted();
    if (isSluiceError(error) && error.code === "EXEC_FAILED")
      throw failed(`cannot be run: ${error.message}`, { cause: error });
    throw error;
  }
}

function isLate(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as Partial<Error> | undefined)?.name === "TimeoutError";
}

async function find(engine: Engine, id: string): Promise<Docker.ContainerInspectInfo | null> {
  return engine.call(`container ${id.slice(0, 12)} cannot be looked at`, (docker) =>
    unlessStatus(docker.getContainer(id).inspect(), [404], null),
  );
}

function nameOf({ Name }: Docker.ContainerInspectInfo): string {
  return Name.slice(1);
}
