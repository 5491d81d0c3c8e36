import type { Readable } from "node:stream";
import {
  type CallOptions,
  type JobOptions,
  labels,
  memoryKillText,
  type OutputSink,
  type SlotRequest,
  SluiceError,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll, listContainers, listSlot, memoryFacts } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { readFrames } from "../engine/frames.ts";
import { createLineSplitter } from "../engine/lines.ts";
import { logTail } from "../engine/log-tail.ts";
import { removeContainers } from "../engine/stop.ts";
import { jobModel } from "../model/job-model.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { createContainers } from "./create-containers.ts";
import { connectSlot } from "./create-slot.ts";
import { exitCodeOf } from "./exit-code.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { failedByItself, pauseBefore, timesAgain } from "./run-again.ts";

/**
 * Runs a job service of a release once, in the networks of base, and removes its container; with `runsAgain` anew where it
 * fails by itself, as its restart policy says. The signal ends it: SIGTERM, and SIGKILL after its grace period, or `graceMs` where that
 * is shorter. Nothing else does: one of which the engine does not tell any more how it ended goes on, and `endJobs` finds it.
 *
 * @throws SluiceError JOB_FAILED with the end of its log
 */
export async function runJob(
  engine: Engine,
  pool: SubnetPool,
  request: SlotRequest,
  service: string,
  options: JobOptions = {},
): Promise<void> {
  try {
    const made = await jobContainer(engine, request, service);
    let container = made && isUntouched(made, request) ? made : await makeAnew(engine, pool, request, service, options);
    const times = options.runsAgain ? timesAgain(request.release.model.services[service] ?? {}) : 0;
    for (let time = 1; ; time++) {
      const exitCode = await exitCodeOfRun(engine, container, service, options);
      if (exitCode === 0) return;
      const { error, isItsOwn } = await jobFailure(engine, container.Id, service, exitCode);
      if (time > times || !isItsOwn) throw error;
      await beforeAnother(engine, error, { service, time, times }, options);
      container = await makeAnew(engine, pool, request, service, options);
    }
  } finally {
    await removeJob(engine, request, service, { running: options.signal?.aborted === true });
  }
}

/** Made for this very deployment, and never started: nobody knows how far one got that was. */
function isUntouched({ Config, State }: Docker.ContainerInspectInfo, { deployment }: SlotRequest): boolean {
  return State.Status === "created" && Config.Labels[labels.deployment] === deployment;
}

async function makeAnew(
  engine: Engine,
  pool: SubnetPool,
  request: SlotRequest,
  service: string,
  options: CallOptions,
): Promise<Docker.ContainerInspectInfo> {
  await removeJob(engine, request, service, { running: true });
  await createContainers(engine, pool, request, options, (subnets) => jobModel(request, service, { subnets }));
  await connectSlot(engine, request, options.signal);
  const container = await jobContainer(engine, request, service);
  if (container) return container;
  throw new SluiceError("JOB_FAILED", `job ${service}: Compose made no container for it`);
}

interface Again {
  readonly service: string;
  /** Counted from 1. */
  readonly time: number;
  readonly times: number;
}

/** Its own output has told the rest. */
async function beforeAnother(
  { clock }: Engine,
  { message }: SluiceError,
  { service, time, times }: Again,
  { signal, onOutput }: CallOptions,
): Promise<void> {
  const pauseMs = pauseBefore(time);
  const text = `${message}: it is run again in ${pauseMs / 1_000} s, as its restart policy says (${time} of ${times})`;
  onOutput?.({ source: service, stream: "stderr", text });
  await clock.sleep(pauseMs, signal);
}

/**
 * Starts a job and waits until it has ended. Where its log cannot be read, that is told as its output.
 *
 * @throws SluiceError JOB_FAILED with the end of its log; the signal's reason
 */
export async function runToEnd(
  engine: Engine,
  container: Started,
  service: string,
  options: JobOptions,
): Promise<void> {
  const exitCode = await exitCodeOfRun(engine, container, service, options);
  if (exitCode !== 0) throw (await jobFailure(engine, container.Id, service, exitCode)).error;
}

type Started = Pick<Docker.ContainerInspectInfo, "Id" | "Config">;

async function exitCodeOfRun(
  engine: Engine,
  { Id, Config }: Started,
  service: string,
  { signal, onOutput, onStarted, graceMs }: JobOptions,
): Promise<number> {
  const container = (await engine.docker()).getContainer(Id);
  const stop = () => void container.stop(stopOptions(Config, graceMs)).catch(() => undefined);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await container.start(withSignal(signal));
    if (onStarted) {
      void container.inspect().then(
        (details) => onStarted(addressesOf(details)),
        () => undefined,
      );
    }
    await followOutput(engine, container, { isTty: Config.Tty, service, onOutput });
    const exitCode = await exitCodeOf(engine, container, { signal, awaitsStop: true });
    signal?.throwIfAborted();
    return exitCode;
  } catch (error) {
    signal?.throwIfAborted();
    throw engineError(error, `job ${service} cannot be run`, "JOB_FAILED");
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The engine takes whole seconds. Where nothing is said of a container it waits ten. */
function stopOptions(config: Docker.ContainerInspectInfo["Config"], graceMs: number | undefined): { t?: number } {
  const { StopTimeout: own = 10 } = config as { readonly StopTimeout?: number };
  return graceMs === undefined ? {} : { t: Math.min(own, Math.ceil(graceMs / 1_000)) };
}

/** And what the engine's DNS says they are: servers that ask for the names of their clients know those alone. */
function addressesOf({ Name, NetworkSettings }: Docker.ContainerInspectInfo): readonly string[] {
  return Object.entries(NetworkSettings.Networks)
    .flatMap(([network, { IPAddress, GlobalIPv6Address }]) => [
      IPAddress,
      GlobalIPv6Address,
      `${Name.replace(/^\//, "")}.${network}`,
    ])
    .filter((address) => address !== "");
}

interface Follow {
  readonly isTty: boolean;
  readonly service: string;
  readonly onOutput: OutputSink | undefined;
}

/** Ends when the container does, or when its log cannot be read (any more): that says nothing of the job, which goes on. */
async function followOutput(
  { redact }: Engine,
  container: Pick<Docker.Container, "logs">,
  { isTty, service, onOutput }: Follow,
): Promise<void> {
  const tell = (stream: "stdout" | "stderr", text: string) =>
    onOutput?.({ source: service, stream, text: redact(text) });
  const line = (stream: "stdout" | "stderr") => createLineSplitter((text) => tell(stream, text));
  const lines = { stdout: line("stdout"), stderr: line("stderr") };
  let broken: Error | undefined;
  try {
    const log = (await container.logs({ follow: true, stdout: true, stderr: true })) as unknown as Readable;
    if (isTty) for await (const data of log) lines.stdout.push(data as Uint8Array);
    else for await (const { stream, data } of readFrames(log)) lines[stream].push(data);
  } catch (error) {
    broken = engineError(error, `the output of ${service} cannot be shown`);
  }
  lines.stdout.end();
  lines.stderr.end();
  if (broken) tell("stderr", `${broken.message}; it goes on`);
}

interface JobFailure {
  readonly error: SluiceError;
  readonly isItsOwn: boolean;
}

async function jobFailure(engine: Engine, id: string, service: string, exitCode: number): Promise<JobFailure> {
  const [container] = await inspectAll(engine, [id]).catch(() => []);
  const ended = container && memoryFacts(container);
  const killed = ended ? memoryKillText(ended) : null;
  const why = killed === null ? `ended with exit code ${exitCode}` : `was ${killed}`;
  const log = await logTail(engine, id, 50).catch(() => "");
  const error = new SluiceError("JOB_FAILED", `job ${service} ${why}`, { detail: engine.redact(log) || undefined });
  return { error, isItsOwn: failedByItself(exitCode, ended) };
}

async function jobContainer(
  engine: Engine,
  { stack, slot }: SlotRequest,
  service: string,
): Promise<Docker.ContainerInspectInfo | undefined> {
  const ids = await jobIds(engine, { stack, slot }, service);
  const [container] = await inspectAll(engine, ids);
  return container;
}

/**
 * With its anonymous volumes: nobody else has them.
 *
 * @param running also one that runs
 */
async function removeJob(
  engine: Engine,
  { stack, slot }: SlotRequest,
  service: string,
  { running }: { readonly running: boolean },
): Promise<void> {
  const project = stackNames.slotProject(stack, slot);
  await oneAtATime(engine, project, async () => {
    const found = await inspectAll(engine, await jobIds(engine, { stack, slot }, service));
    const removed = found.filter(({ State }) => running || !State.Running).map(({ Id }) => Id);
    await removeContainers(engine, removed, { withVolumes: true });
  });
}

/**
 * Ends and removes the jobs of a stack that run. Whoever calls it has the lock of the stack and runs none: they are of a run that died.
 *
 * @returns the addresses that they had, and the names that the engine had for them
 */
export async function endJobs(engine: Engine, stack: string, signal?: AbortSignal): Promise<readonly string[]> {
  const found = await listContainers(engine, [`${labels.stack}=${stack}`, `${labels.kind}=job`], signal);
  const running = found.filter(({ State }) => !isAtRest.has(State)).map(({ Id }) => Id);
  const details = await inspectAll(engine, running, signal);
  await removeContainers(engine, running, { withVolumes: true });
  return details.flatMap(addressesOf);
}

const isAtRest: ReadonlySet<string> = new Set(["created", "exited", "dead"]);

async function jobIds(
  engine: Engine,
  { stack, slot }: Pick<SlotRequest, "stack" | "slot">,
  service: string,
): Promise<readonly string[]> {
  const found = await listSlot(engine, stack, slot);
  return found.filter(({ Labels }) => Labels[composeLabels.service] === service).map(({ Id }) => Id);
}
