import { type Check, type ProbeTarget, releaseChecks, type Slot, SluiceError, type Verdict } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { type DeploymentScope, emit, releaseOf, slotServices } from "../scope.ts";

export const verify: StepAction<"verify"> = {
  async run({ id, slot }, scope, { signal }) {
    const checks = releaseChecks(scope.config, releaseOf(scope).bundle.services);
    await waitDoors(scope, slot, signal);
    const verdicts = await probeChecks(scope, slot, checks, signal);
    for (const verdict of verdicts) emit(scope, { type: "verdict", deployment: scope.deployment, step: id, verdict });
    assertPassed(verdicts);
    return { verdicts };
  },
};

/** The doors themselves must reach every replica: a share before that would be retries. */
async function waitDoors(scope: DeploymentScope, slot: Slot, signal: AbortSignal): Promise<void> {
  const { ports, doorIds } = scope;
  await Promise.all(
    slotServices(releaseOf(scope)).map(async ({ name, role, replicas }) => {
      const door = doorIds.get(name);
      if (role === "web" && door) await ports.router.waitServers(door, slot, replicas, 30_000, signal);
    }),
  );
}

export async function probeChecks(
  scope: DeploymentScope,
  slot: Slot,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const target = await probeTarget(scope, slot);
  return Promise.all(checks.map((check) => scope.ports.prober.probe(check, target, signal)));
}

async function probeTarget(scope: DeploymentScope, slot: Slot): Promise<ProbeTarget> {
  const { ports, stack, doorIds, previewSecret } = scope;
  const containers: Record<string, string[]> = {};
  for (const { service, id } of await ports.observer.slotContainers(stack, slot)) {
    (containers[service] ??= []).push(id);
  }
  const doors: Record<string, { container: string; port: number; previewSecret: string }> = {};
  for (const { name, protocol, port, ports: published } of releaseOf(scope).bundle.services) {
    const container = doorIds.get(name);
    const listen = port ?? published[0]?.target;
    if (container && listen && protocol === "http") doors[name] = { container, port: listen, previewSecret };
  }
  return { slot, containers, doors };
}

/** @throws SluiceError CHECK_FAILED naming the first check that did not pass, the others in the detail */
function assertPassed(verdicts: readonly Verdict[]): void {
  const failed = verdicts.filter(({ result }) => result !== "pass");
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
