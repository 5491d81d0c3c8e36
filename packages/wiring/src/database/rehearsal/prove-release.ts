import {
  type Check,
  doorImage,
  isSluiceError,
  type ObservedContainer,
  type ProbeDoor,
  type RehearsalWorld,
  releaseChecks,
  type ServiceFacts,
  type StoredRelease,
  type ThrowAway,
  type Verdict,
} from "@sluice/core";
import { probeAll } from "@sluice/health";
import type { Session } from "../../session.ts";

/** How a release does in a rehearsal. */
export interface Proof {
  /** Why it does not even run; `null` when it does. */
  readonly failure: string | null;
  readonly verdicts: readonly Verdict[];
  readonly notTested: readonly string[];
}

const probeMemoryBytes = 64 * 1024 * 1024;

/** Starts a release's web services on the copy, waits until they are ready, and runs the configured checks on them. */
export async function proveRelease(
  session: Session,
  world: RehearsalWorld,
  release: StoredRelease,
  signal: AbortSignal,
): Promise<Proof> {
  const webs = release.bundle.services.filter((service) => service.active && isWeb(service));
  let containers: readonly ObservedContainer[];
  try {
    containers = await world.start(
      release,
      webs.map(({ name }) => name),
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    const failure = reasonNotRunning(error);
    if (failure === null) throw error;
    return { failure, verdicts: [], notTested: [] };
  }
  const config = await session.config();
  const all = releaseChecks(config, webs).map(patient);
  const checks = all.filter((check) => isAskable(check, webs));
  await using doors = await openDoors(session, webs, containers, signal);
  const byService: Record<string, string[]> = {};
  for (const { service, id } of containers) (byService[service] ??= []).push(id);
  const { prober } = await session.ports();
  // The slot is only a word here: there is no door that would lead to it.
  const target = { slot: "blue", containers: byService, doors: doors.byService } as const;
  return {
    failure: null,
    verdicts: await probeAll(prober, checks, target, { signal }),
    notTested: [
      ...doors.notTested,
      ...all.filter((check) => !checks.includes(check)).map(({ name }) => `check "${name}" of the previous release`),
      "workers of the previous release, and what its checks do not ask for",
    ],
  };
}

const leastTimeoutMs = 30_000;
const leastRetries = 2;

/**
 * The check as it is asked of a cold copy, perhaps on a busy machine: what is slow there is not broken, so it has more time
 * and more attempts, and how long an answer takes is not judged.
 */
export function patient(check: Check): Check {
  const timeoutMs = Math.max(check.timeoutMs, leastTimeoutMs);
  const retries = Math.max(check.retries, leastRetries);
  if (check.type !== "http") return { ...check, timeoutMs, retries };
  return { ...check, timeoutMs, retries, expect: { ...check.expect, maxMs: undefined } };
}

/** A command with an image of its own would run in the networks of production; TCP needs an address behind a real door. */
function isAskable(check: Check, webs: readonly ServiceFacts[]): boolean {
  if (!webs.some(({ name }) => name === check.service)) return false;
  return check.type !== "tcp" && (check.type !== "command" || check.image === undefined);
}

interface Doors extends AsyncDisposable {
  readonly byService: Readonly<Record<string, ProbeDoor>>;
  readonly notTested: readonly string[];
}

/** A container beside each web service that shares its network and has what requests are made with. */
async function openDoors(
  session: Session,
  webs: readonly ServiceFacts[],
  containers: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<Doors> {
  const image = doorImage(await session.config());
  const stack = await session.stack();
  const made: ThrowAway[] = [];
  const byService: Record<string, ProbeDoor> = {};
  const notTested: string[] = [];
  const dispose = async () => void (await Promise.all(made.map((one) => one[Symbol.asyncDispose]())));
  try {
    for (const { name, port, ports, protocol } of webs) {
      const container = containers.find(({ service }) => service === name);
      const listens = port ?? ports[0]?.target;
      if (!container || listens === undefined || protocol === "tcp") continue;
      const door = await session.runtime().throwAway.start(
        {
          stack,
          image,
          purpose: "probe",
          environment: {},
          command: ["sleep", "86400"],
          memoryBytes: probeMemoryBytes,
          joins: container.id,
        },
        signal,
      );
      made.push(door);
      byService[name] = { container: door.id, port: listens, previewSecret: null };
    }
  } catch (error) {
    if (signal.aborted || !isSluiceError(error)) {
      await dispose();
      throw error;
    }
    notTested.push(`HTTP checks of the previous release: ${error.message}`);
  }
  return { byService, notTested, [Symbol.asyncDispose]: dispose };
}

/** Whether users reach the service through a door. Pure. */
export function isWeb({ role }: ServiceFacts): boolean {
  return role === "web";
}

/** Why a release does not run, where that is what the error says. */
function reasonNotRunning(error: unknown): string | null {
  if (!isSluiceError(error)) return null;
  return ["START_FAILED", "NOT_READY", "IMAGE_MISSING", "SERVICE_REFUSED"].includes(error.code) ? error.message : null;
}
