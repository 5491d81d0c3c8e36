import {
  type Check,
  isBehindDoor,
  type ProbeTarget,
  probeEach,
  probeTarget,
  releaseChecks,
  type Slot,
  SluiceError,
  stops,
  type Verdict,
} from "@sluice/core";
import type { StepAction } from "../action.ts";
import { type DeploymentScope, emit, releaseOf, slotServices } from "../scope.ts";

export const verify: StepAction<"verify"> = {
  async run({ id, slot }, scope, { signal }) {
    const checks = releaseChecks(scope.config, releaseOf(scope).bundle.services);
    await waitDoors(scope, slot, 30_000, signal);
    const verdicts = await probeChecks(scope, slot, checks, signal);
    for (const verdict of verdicts) emit(scope, { type: "verdict", deployment: scope.deployment, step: id, verdict });
    assertPassed(verdicts);
    return { verdicts };
  },
};

/**
 * The doors themselves reach every replica: a share before that would be retries, and with a candidate that they have
 * lost meanwhile users are answered by the previous.
 *
 * @throws SluiceError NOT_READY after `timeoutMs`
 */
export async function waitDoors(
  scope: DeploymentScope,
  slot: Slot,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { ports, doorIds } = scope;
  await Promise.all(
    slotServices(releaseOf(scope)).map(async ({ name, role, replicas }) => {
      const door = doorIds.get(name);
      if (role === "web" && door) await ports.router.waitServers(door, slot, replicas, timeoutMs, signal);
    }),
  );
}

/**
 * Each web service takes a connection now. What doors know of their servers is up to two seconds old, and they hide from users what
 * fails as long as there is another release to answer: one that was cut off since would be found out by everybody.
 *
 * @throws SluiceError CHECK_FAILED
 */
export async function assertStillReached(scope: DeploymentScope, slot: Slot, signal: AbortSignal): Promise<void> {
  const checks = slotServices(releaseOf(scope)).flatMap(({ name, role, port, ports }): Check[] => {
    const listens = port ?? ports[0]?.target;
    if (role !== "web" || listens === undefined) return [];
    const patience = { timeoutMs: 2_000, successes: 1, retries: 2, onNoData: "warn" } as const;
    return [{ type: "tcp", name: `${name} takes connections`, service: name, port: listens, ...patience }];
  });
  if (checks.length > 0) assertPassed(await probeChecks(scope, slot, checks, signal));
}

export async function probeChecks(
  scope: DeploymentScope,
  slot: Slot,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const target = await targetOf(scope, slot, checks);
  return probeEach(scope.ports.prober, checks, target, signal);
}

async function targetOf(scope: DeploymentScope, slot: Slot, checks: readonly Check[]): Promise<ProbeTarget> {
  const { ports, stack, doorIds, previewSecret, config } = scope;
  const { bundle, model } = releaseOf(scope);
  const services = bundle.services.filter(({ active }) => active);
  // Only what goes straight to a container needs its address; a watch asks for none, many times.
  const direct = new Set(
    checks.flatMap(({ type, service }) => (type === "container" || type === "command" ? [] : [service])),
  );
  const webs = services.filter((service) => isBehindDoor(service) && direct.has(service.name));
  const [containers, ...blocks] = await Promise.all([
    ports.observer.slotContainers(stack, slot),
    ...webs.map(async (web) => [web.name, (await ports.doors.addresses(model, web))[slot]] as const),
  ]);
  return probeTarget({
    slot,
    services,
    containers,
    doors: doorIds,
    addresses: Object.fromEntries(blocks),
    previewSecret,
    proxyProtocol: config.traffic.proxyProtocol.in,
  });
}

/** @throws SluiceError CHECK_FAILED naming the first check that did not pass, the others in the detail */
function assertPassed(verdicts: readonly Verdict[]): void {
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
      hint: "see the log of the candidate above; the release is not tried again without --retry",
    },
  );
}
