import {
  baseServices,
  changedBaseFindings,
  downBaseFindings,
  type Finding,
  type ObservedStack,
  type ReleaseBundle,
  type StoredRelease,
} from "@sluice/core";
import type { StepOf } from "./action.ts";
import { createDeadline, settle } from "./deadline.ts";
import { report } from "./report.ts";
import { type DeploymentScope, emit } from "./scope.ts";

const lookMs = 10_000;

/** What of base is not as a release has it that serves once more, or does not run. That it cannot be seen is told, and changes nothing. */
export async function tellChangedBase(scope: DeploymentScope, serves: StoredRelease): Promise<void> {
  const { tag, services } = serves.bundle;
  await tell(scope, async (signal) => {
    const seen = await baseOf(scope, serves, signal);
    return [...changedBaseFindings(seen, tag), ...downBaseFindings(seen, services)];
  });
}

/** What of base does not run of a release that serves, as far as the checkout has it, too. */
export function tellDownBase(
  scope: DeploymentScope,
  { base, missingVolumes }: ObservedStack,
  { services }: ReleaseBundle,
): void {
  const names = baseServices(services.filter(({ active }) => active)).map(({ name }) => name);
  const own = Object.fromEntries(Object.entries(base).filter(([name]) => names.includes(name)));
  for (const finding of downBaseFindings({ base: own, missingVolumes }, services))
    emit(scope, { type: "finding", finding });
}

/** As `tellChangedBase`, of a step that was undone: where it was put back, what was written meanwhile. */
export async function tellUndoneBase(step: StepOf<"base">, scope: DeploymentScope): Promise<void> {
  const { previousRelease } = scope;
  await tell(scope, async (signal) => {
    if (!previousRelease) return unknownBefore(step);
    const { tag } = previousRelease.bundle;
    const { base } = await baseOf(scope, previousRelease, signal);
    const seen = base[step.service];
    if (seen?.state === "changed") return changedBaseFindings({ base: { [step.service]: seen } }, tag);
    return putBack(step, tag);
  });
}

async function tell(
  scope: DeploymentScope,
  findings: (signal: AbortSignal) => Promise<readonly Finding[]>,
): Promise<void> {
  const { clock } = scope.ports;
  using deadline = createDeadline(clock, lookMs);
  const { signal } = deadline;
  try {
    for (const finding of await settle(clock, signal, findings(signal))) emit(scope, { type: "finding", finding });
  } catch (error) {
    report(scope, error);
  }
}

async function baseOf(
  { project, ports }: DeploymentScope,
  release: StoredRelease,
  signal: AbortSignal,
): Promise<ObservedStack> {
  const { bundle } = release;
  const { model } = await ports.base.placed(release, baseServices(bundle.services), project.model);
  return ports.observer.observe({ ...project, model, services: bundle.services }, signal);
}

function putBack({ service, moves }: StepOf<"base">, tag: string): readonly Finding[] {
  if (!moves?.isPutBack || moves.to.length === 0) return [];
  const [from, to] = [moves.from.join(" and "), moves.to.join(" and ")];
  const message = `base service ${service} has volume ${from} again, as ${tag} has it; what was written to ${to} meanwhile stays there`;
  const hint = `a release that has ${to} again finds in it what is there now; docker volume rm ${to} once nobody needs that`;
  return [{ severity: "warn", code: "base-put-back", service, message, hint }];
}

/** Plain Compose ran it, and no release is stored that says how. */
function unknownBefore({ service, moves }: StepOf<"base">): readonly Finding[] {
  if (!moves) return [];
  const message = `base service ${service} was replaced, and is not put back: its data of before is in volume ${moves.from.join(" and ")}`;
  const hint = `docker compose up -d --no-deps ${service}, in the checkout of the version before, puts it back`;
  return [{ severity: "warn", code: "base-changed", service, message, hint }];
}
