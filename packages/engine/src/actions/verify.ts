import {
  answersChecks,
  type Check,
  type Config,
  candidateChecks,
  closingChecks,
  healthHostOf,
  healthPathOf,
  isBehindDoor,
  isInSlot,
  isSluiceError,
  type ObservedContainer,
  type ProbeTarget,
  probeEach,
  probeTarget,
  type ServerState,
  type ServiceFacts,
  type Slot,
  SluiceError,
  slotServices,
  stops,
  type Verdict,
} from "@sluice/core";
import type { StepAction } from "../action.ts";
import { baseContainers } from "../prepare/base-containers.ts";
import { waysToCandidate } from "../run/doors.ts";
import { showLogs } from "../run/show-logs.ts";
import { type DeploymentScope, emit, judgingConfig, releaseOf } from "../scope.ts";
import { isAnswering, keepDoor } from "./revive-doors.ts";

export const verify: StepAction<"verify"> = {
  async run({ id, slot, closing = false, wasLive = false }, scope, { signal }) {
    const { services } = releaseOf(scope).bundle;
    const config = judgingConfig(scope);
    const checks = closing
      ? closingChecks(config, services)
      : // What users have had before must not be in the way back.
        [...candidateChecks(config, services), ...(wasLive ? [] : answersChecks(config, services))];
    if (!closing) {
      // One that somebody stopped or removed meanwhile leaves its users with nothing for as long as it is waited for.
      for (const service of scope.doorIds.keys()) await keepDoor(scope, service, { signal });
      await waitDoors(scope, slot, 30_000, signal, wasLive ? "up" : "healthy");
    }
    const { target, inBase } = await lookFor(scope, slot, checks, signal);
    const verdicts = await ask(scope, checks, target, signal);
    for (const verdict of verdicts) emit(scope, { type: "verdict", deployment: scope.deployment, step: id, verdict });
    // What takes its place again removes it. The log of a slot is shown while the slot is undone.
    const failed = new Set(
      checks.flatMap(({ service }, at) => (verdicts.slice(at, at + 1).some(stops) ? [service] : [])),
    );
    await showLogs(
      scope,
      inBase.filter(({ service }) => failed.has(service)),
      signal,
    );
    assertPassed(verdicts, hintFor(checks.find((_, at) => verdicts.slice(at, at + 1).some(stops))));
    return { verdicts };
  },
};

/** What to do about a release, by the first of its checks that failed. */
function hintFor(check: Check | undefined): string {
  return check?.type === "answers"
    ? `say in sluice.yaml what ${check.service} speaks, or where (services.${check.service}.protocol and port), and deploy that commit`
    : "see the log of the candidate above; the release is not tried again without --retry";
}

/**
 * The doors themselves reach every replica: a share before that would be retries, and with a candidate that they have
 * lost meanwhile users are answered by the previous.
 *
 * @param services default: all of the release
 * @throws SluiceError NOT_READY after `timeoutMs`, DOOR_FAILED where a door is gone
 */
export async function waitDoors(
  scope: DeploymentScope,
  slot: Slot,
  timeoutMs: number,
  signal: AbortSignal,
  wanted: ServerState = "up",
  services: readonly ServiceFacts[] = slotServices(releaseOf(scope).bundle.services),
): Promise<void> {
  const { ports, config } = scope;
  const doors = waysToCandidate(scope);
  await Promise.all(
    services.map(async (service) => {
      const door = doors.get(service.name);
      if (service.role !== "web" || !door) return;
      try {
        await ports.router.waitServers(door, slot, service.replicas, timeoutMs, signal, wanted);
      } catch (error) {
        throw isSluiceError(error) ? asOfService(error, door, service, config) : error;
      }
    }),
  );
}

/** A router knows a door by the id of its container, people by its service; and not what the door asks its servers for. */
function asOfService(error: SluiceError, door: string, service: ServiceFacts, config: Config): SluiceError {
  const { code, detail, retryable } = error;
  const { name } = service;
  const path = healthPathOf(service, config);
  const host = healthHostOf(service, config);
  const message = error.message.replaceAll(`door ${door}`, `door ${name}`);
  const isAsked = code === "NOT_READY" && path !== null;
  const hint = isAsked
    ? `${name} must answer ${path} with 2xx or 3xx where it is asked for as ${host ?? `localhost (services.${name}.health.host names another)`}; sluice logs ${name} shows what it says`
    : error.hint;
  return new SluiceError(code, isAsked ? `${message}, asked for ${path}` : message, {
    detail,
    hint,
    retryable,
    cause: error,
  });
}

/**
 * Each web service takes a connection now. What doors know of their servers is up to two seconds old, and they hide from users what
 * fails as long as there is another release to answer: one that was cut off since would be found out by everybody. Where
 * the engine does not ask in time nothing is known of the release, which its door reached just now: that is told, and
 * takes nothing back.
 *
 * @throws SluiceError CHECK_FAILED
 */
export async function assertStillReached(scope: DeploymentScope, slot: Slot, signal: AbortSignal): Promise<void> {
  const checks = slotServices(releaseOf(scope).bundle.services).flatMap(({ name, role, port, ports }): Check[] => {
    const listens = port ?? ports[0]?.target;
    if (role !== "web" || listens === undefined) return [];
    const patience = { timeoutMs: 2_000, successes: 1, retries: 2, onNoData: "warn" } as const;
    return [{ type: "tcp", name: `${name} takes connections`, service: name, port: listens, ...patience }];
  });
  if (checks.length === 0) return;
  const verdicts = await probeChecks(scope, slot, checks, signal);
  for (const { check, result, value, detail } of verdicts) {
    if (result !== "no-data") continue;
    const message = `whether ${check} is not known: ${detail ?? value}`;
    emit(scope, { type: "finding", finding: { severity: "warn", code: "not-asked", message } });
  }
  assertPassed(verdicts, "its door reached it until now: sluice logs shows why it takes no connection any more");
}

export async function probeChecks(
  scope: DeploymentScope,
  slot: Slot,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { target } = await lookFor(scope, slot, checks, signal);
  return ask(scope, checks, target, signal);
}

/** Kinds of checks that ask nothing through a door, nor from inside one. */
const insideOwn: ReadonlySet<Check["type"]> = new Set(["container", "command", "reachable"]);

/**
 * Verdicts in the order of the checks. One that failed is none where a door that the release is asked from went away
 * meanwhile: nothing could be reached from there, whatever the release is like.
 *
 * @throws SluiceError DOOR_FAILED
 */
async function ask(
  scope: DeploymentScope,
  checks: readonly Check[],
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const verdicts = await probeEach(scope.ports.prober, checks, target, signal);
  const isDoubted = ({ type }: Check, verdict: Verdict | undefined) =>
    verdict !== undefined && stops(verdict) && !insideOwn.has(type);
  if (!checks.some((check, at) => isDoubted(check, verdicts[at]))) return verdicts;
  for (const [service, door] of waysToCandidate(scope)) {
    if (!(service in target.doors) || (await isAnswering(scope, door, signal))) continue;
    throw new SluiceError(
      "DOOR_FAILED",
      `door ${service} went away while checks were made: they say nothing of the release`,
      {
        hint: "whatever stopped it is no fault of the release: sluice deploy tries it again",
      },
    );
  }
  return verdicts;
}

interface Found {
  readonly target: ProbeTarget;
  /** Of the services in base that the checks ask for; with others beside them. */
  readonly inBase: readonly ObservedContainer[];
}

async function lookFor(
  scope: DeploymentScope,
  slot: Slot,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<Found> {
  const { ports, stack, previewSecret, config } = scope;
  const { bundle, model } = releaseOf(scope);
  const services = bundle.services.filter(({ active }) => active);
  // Only what goes straight to a container needs its address; a watch asks for none, many times.
  const direct = new Set(
    checks.flatMap(({ type, service }) => (type === "container" || type === "command" ? [] : [service])),
  );
  const webs = services.filter((service) => isBehindDoor(service) && direct.has(service.name));
  const asksBase = checks.some(({ service }) => services.some((one) => one.name === service && !isInSlot(one)));
  const [inSlot, inBase, ...blocks] = await Promise.all([
    ports.observer.slotContainers(stack, slot, signal),
    asksBase ? baseContainers(scope, signal) : [],
    ...webs.map(async (web) => [web.name, (await ports.doors.addresses(model, web, slot))[slot]] as const),
  ]);
  const target = probeTarget({
    slot,
    services,
    containers: [...inSlot, ...inBase],
    doors: waysToCandidate(scope),
    addresses: Object.fromEntries(blocks),
    previewSecret,
    proxyProtocol: config.traffic.proxyProtocol.in,
  });
  return { target, inBase };
}

/** @throws SluiceError CHECK_FAILED naming the first check that did not pass, the others in the detail */
export function assertPassed(verdicts: readonly Verdict[], hint: string): void {
  const failed = verdicts.filter(stops);
  const [first] = failed;
  if (!first) return;
  throw new SluiceError(
    "CHECK_FAILED",
    `check "${first.check}": ${first.value}, expected ${first.limit} (n=${first.n})`,
    {
      detail: failed
        .map(({ check, value, limit, detail }) => `${check}: ${value}, expected ${limit}${detail ? `\n${detail}` : ""}`)
        .join("\n"),
      hint,
    },
  );
}
