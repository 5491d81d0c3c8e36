import type { Check, ContainerExec, ProbeTarget } from "@sluice/core";
import { type Beside, directRoutes, httpRoute, type ReachedTarget } from "./route.ts";

/**
 * Starts a container that shares the network of another one and has socat; disposing it removes it.
 *
 * @throws SluiceError IMAGE_MISSING, START_FAILED
 */
export type JoinNetwork = (
  container: string,
  signal: AbortSignal,
) => Promise<{ readonly id: string } & AsyncDisposable>;

interface Means {
  readonly exec: ContainerExec;
  readonly joinNetwork?: JoinNetwork | undefined;
}

/**
 * Where no door reaches what a check asks for, as in base and of workers, it is asked from beside its containers: what they are
 * connected to does not matter then, and nothing of them must be reachable from the host.
 *
 * @throws SluiceError as `joinNetwork`; EXEC_FAILED
 */
export async function standBeside(
  { exec, joinNetwork }: Means,
  check: Check,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<{ readonly target: ReachedTarget } & AsyncDisposable> {
  const made: AsyncDisposable[] = [];
  const dispose = async () => {
    // One that stays is removed by the next deployment, and says nothing of what was checked.
    await Promise.allSettled(made.map((one) => one[Symbol.asyncDispose]()));
  };
  if (!joinNetwork) return { target, [Symbol.asyncDispose]: dispose };
  try {
    const beside: Beside[] = [];
    for (const container of joinedBy(check, target)) {
      const joined = await joinNetwork(container, signal);
      made.push(joined);
      beside.push({ container: joined.id, host: await ownHost(exec, joined.id, signal) });
    }
    return { target: beside.length > 0 ? { ...target, beside } : target, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Containers whose network a check needs. */
function joinedBy(check: Check, target: ProbeTarget): readonly string[] {
  const { service } = check;
  const all = target.containers[service] ?? [];
  switch (check.type) {
    case "tcp":
    case "answers":
      return directRoutes(service, target, check.port).length > 0 ? [] : all;
    case "http":
    case "sequence":
    case "load":
      return target.ports?.[service] === undefined || httpRoute(service, target) ? [] : all.slice(0, 1);
    case "certificate":
      return Object.keys(target.doors).length > 0 ? [] : all.slice(0, 1);
    case "command":
    case "container":
    case "reachable":
      return [];
  }
}

/** An address that others have for it; a container without a network has its loopback only. */
async function ownHost(exec: ContainerExec, container: string, signal: AbortSignal): Promise<string> {
  const command = ["sh", "-c", "hostname -i 2> /dev/null || echo 127.0.0.1"];
  const { stdout } = await exec.exec(container, command, { signal });
  return new TextDecoder().decode(stdout).trim().split(/\s+/)[0] || "127.0.0.1";
}
