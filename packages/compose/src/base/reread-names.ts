import { type Clock, type ContainerExec, messageOf, type RereadOptions, slots } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName, listBase, listSlot } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { nginxProcesses, type ProcessTable, proxyAskingOnce } from "./proxy-processes.ts";

export interface RereadTools {
  readonly engine: Engine;
  readonly exec: Pick<ContainerExec, "exec">;
}

const settleMs = 5_000;
/** Enough for a request that was taken and not passed on yet; a socket that stays for hours is not waited for. */
const endingMs = 1_000;
const everyMs = 50;

/**
 * An nginx asks for the address of what it leads to when it reads its configuration, and never again. When a service of
 * the stack got another address, each one in base and in slots is made to read it again, which takes it no request and no restart.
 * Resolves when that is done and what was taken before is answered, at most 1 s after the former, or 5 s later. Best effort: where it cannot be done the old addresses stay, which is told.
 */
export async function rereadNames(
  tools: RereadTools,
  stack: string,
  { except = [], edges, signal, onOutput }: RereadOptions = {},
): Promise<void> {
  const listings = [
    listBase(tools.engine, stack, signal),
    ...slots.map((slot) => listSlot(tools.engine, stack, slot, signal)),
  ];
  const found = await Promise.all(listings.map((listing) => listing.catch(() => [])));
  await Promise.all(
    found.flat().map(async (container) => {
      const service = container.Labels[composeLabels.service] ?? "";
      if (container.State !== "running" || except.includes(service)) return;
      const name = containerName(container);
      try {
        const docker = await tools.engine.docker();
        const table = await processesOf(docker.getContainer(container.Id));
        const other = table && proxyAskingOnce(table);
        if (other && (edges === undefined || edges.includes(service)))
          throw new Error(`${other} asks for them only when it starts`);
        await reread(tools, container.Id, signal, table);
      } catch (error) {
        signal?.throwIfAborted();
        const why = messageOf(error);
        const text = `${name} may lead to addresses of before: ${why}; if so: docker restart ${name}`;
        onOutput?.({ source: name, stream: "stderr", text });
      }
    }),
  );
}

/**
 * Resolves with whether there is an nginx, which has read its configuration again. What its workers of before took until
 * then is answered too, where that takes no more than 1 s: they would pass it on to the addresses of before.
 *
 * @param seen its processes, where they were looked at just now. Default: they are looked at
 */
export async function reread(
  { engine, exec }: RereadTools,
  id: string,
  signal?: AbortSignal,
  seen?: ProcessTable | null,
): Promise<boolean> {
  const docker = await engine.docker();
  const container = docker.getContainer(id);
  const table = seen === undefined ? await processesOf(container) : seen;
  const before = table && nginxProcesses(table);
  if (!before) return false;
  const { exitCode, stderr } = await exec.exec(id, before.reload, { signal });
  if (exitCode !== 0) throw new Error(`${before.reload.join(" ")} ended with ${exitCode}: ${stderr.trim()}`);
  const { clock } = engine;
  const now = async () => {
    const again = await processesOf(container);
    return again && nginxProcesses(again);
  };
  const areOldIn = (pids: ReadonlySet<string>) => [...before.workers].some((pid) => pids.has(pid));
  // Those that know the new addresses are there some time before those that do not are told to take no more.
  const hasRead = async () => {
    const found = await now();
    return !found || (found.workers.size > 0 && !areOldIn(found.workers));
  };
  if (!(await comesWithin(clock, settleMs, hasRead, signal))) throw new Error("it did not take its configuration anew");
  await comesWithin(clock, endingMs, async () => !areOldIn((await now())?.ending ?? new Set()), signal);
  return true;
}

async function comesWithin(clock: Clock, ms: number, holds: () => Promise<boolean>, signal?: AbortSignal) {
  const end = clock.monotonicMs() + ms;
  while (clock.monotonicMs() < end) {
    if (await holds()) return true;
    await clock.sleep(everyMs, signal);
  }
  return false;
}

/** `null` too where the engine cannot list processes: on its machine there may be no `ps`. */
export async function processesOf(container: Docker.Container, signal?: AbortSignal): Promise<ProcessTable | null> {
  try {
    return (await container.top(withSignal(signal))) as ProcessTable;
  } catch {
    return null;
  }
}
