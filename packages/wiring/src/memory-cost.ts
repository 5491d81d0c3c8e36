import {
  type ContainerStats,
  type DeploymentPlan,
  type Finding,
  liveSlot,
  type ObservedStack,
  type PlanStep,
} from "@sluice/core";

/** What the release that serves uses, in bytes; 0 where nothing serves, or the engine does not tell. */
export async function readLiveMemory(
  observed: ObservedStack,
  stats: Pick<ContainerStats, "usage">,
  signal?: AbortSignal,
): Promise<number> {
  const live = liveSlot(observed)?.slot;
  const running = live ? observed.slots[live].containers.filter(({ state }) => state === "running") : [];
  const used = await Promise.all(running.map(({ id }) => stats.usage(id, signal).catch(() => null)));
  signal?.throwIfAborted();
  return used.reduce((total, usage) => total + (usage?.memoryBytes ?? 0), 0);
}

interface PlannedSteps extends Pick<DeploymentPlan, "previous"> {
  readonly steps: readonly { readonly kind: PlanStep["kind"]; readonly creates?: boolean | undefined }[];
}

/** What it takes of the machine that two versions run beside each other, and for how long. Pure. */
export function memoryCost({ steps, previous }: PlannedSteps, liveBytes: number): readonly Finding[] {
  // Containers of a slot are made in a step of their own, or while its first job runs.
  const isBeside = previous !== null && steps.some(({ kind, creates }) => kind === "create" || creates);
  if (!isBeside || liveBytes === 0) return [];
  const retires = steps.some(({ kind }) => kind === "retire");
  const howLong = retires ? "until the version before is retired" : "for as long as the version before stays warm";
  const message = `two versions run ${howLong}: about ${Math.ceil(liveBytes / 1_048_576)} MiB of memory more, as one uses now`;
  const hint = "rollout.keep: stopped frees it after the bake";
  return [{ severity: "info", code: "two-versions", message, ...(retires ? {} : { hint }) }];
}
