import {
  type ComposeModel,
  changedBaseFindings,
  createDeadline,
  downBaseFindings,
  type Finding,
  type ObservedStack,
  type ReleaseBundle,
  type StoredRelease,
} from "@sluice/core";
import type { StepOf } from "../action.ts";
import { settle } from "../deadline.ts";
import { report } from "../report.ts";
import { type DeploymentScope, emit, leftFor } from "../scope.ts";
import { baseOf, observedAs } from "./base-as-released.ts";

const lookMs = 10_000;

/** What of base is not as a release has it that serves once more, or does not run. That it cannot be seen is told, and changes nothing. */
export async function tellChangedBase(scope: DeploymentScope, serves: StoredRelease): Promise<void> {
  const { tag, services } = serves.bundle;
  await tell(scope, async (signal) => {
    const { observed, stays } = await lookAt(scope, serves, signal);
    const files = stays.flatMap((name) => filesFindings(name, observed, serves, scope));
    return [...changedBaseFindings(observed, tag), ...files, ...downBaseFindings(observed, services, { serves: tag })];
  });
}

/** What of base does not run of a release that serves, as far as the checkout has it, too. */
export function tellDownBase(
  scope: DeploymentScope,
  { base, missingVolumes }: ObservedStack,
  { tag, services }: ReleaseBundle,
): void {
  const names = baseOf({ services }).map(({ name }) => name);
  const own = Object.fromEntries(Object.entries(base).filter(([name]) => names.includes(name)));
  for (const finding of downBaseFindings({ base: own, missingVolumes }, services, { serves: tag }))
    emit(scope, { type: "finding", finding });
}

/** As `tellChangedBase`, of a step that was undone: where it was put back, what was written meanwhile. */
export async function tellUndoneBase(step: StepOf<"base">, scope: DeploymentScope): Promise<void> {
  const { previousRelease } = scope;
  await tell(scope, async (signal) => {
    if (!previousRelease) return unknownBefore(step);
    const { tag } = previousRelease.bundle;
    const { observed, stays } = await lookAt(scope, previousRelease, signal);
    const seen = observed.base[step.service];
    if (seen?.state === "changed") return changedBaseFindings({ base: { [step.service]: seen } }, tag);
    const isReplaced = seen?.containers.some(({ id }) => !step.renews?.includes(id)) === true;
    if (isReplaced && stays.includes(step.service))
      return filesFindings(step.service, observed, previousRelease, scope);
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

/** The stack next to a release; and base services that mount what another one has in files of the checkout. */
async function lookAt(
  scope: DeploymentScope,
  release: StoredRelease,
  signal: AbortSignal,
): Promise<{ readonly observed: ObservedStack; readonly stays: readonly string[] }> {
  const inBase = baseOf(release.bundle);
  const [{ model, observed }, wanted] = await Promise.all([
    observedAs(scope, release, signal),
    scope.ports.base.placed(release, inBase, scope.project.model, leftFor(release, scope)),
  ]);
  const definition = (one: ComposeModel, name: string) => JSON.stringify(one.services[name]);
  const stays = inBase.flatMap(({ name }) =>
    definition(model, name) === definition(wanted.model, name) ? [] : [name],
  );
  return { observed, stays };
}

/** One that changed in more than that is told as such. */
function filesFindings(
  service: string,
  { base }: ObservedStack,
  serves: StoredRelease,
  scope: DeploymentScope,
): readonly Finding[] {
  const left = leftFor(serves, scope);
  const seen = base[service];
  if (!left || !seen || seen.state === "changed" || seen.state === "absent") return [];
  const { tag } = serves.bundle;
  const message = `base service ${service} is not as ${tag}, which serves, has it: what it mounts is of ${left.bundle.tag}`;
  const hint = `check out ${tag}, then: docker compose up -d --no-deps --force-recreate ${service}`;
  return [{ severity: "warn", code: "base-changed", service, message, hint }];
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
