import { createDeadline, type ObservedContainer, SluiceError } from "@sluice/core";
import { settle } from "../deadline.ts";
import { report } from "../report.ts";
import type { DeploymentScope } from "../scope.ts";

/** For a start that blocks; others may need what it starts. */
const apartMs = 10_000;

type Container = Pick<ObservedContainer, "id" | "name">;

/**
 * Starts containers beside the slots, each by itself: what does not start, or has not within 10 s, is told, and keeps nothing else
 * down. A start that takes longer goes on for as long as the signal lets it.
 *
 * @returns those that are started
 * @throws the signal's reason
 */
export async function startApart<T extends Container>(
  scope: DeploymentScope,
  containers: readonly T[],
  signal: AbortSignal,
): Promise<readonly T[]> {
  const starts = containers.map((one) =>
    start(scope, one, signal).then(
      () => [one],
      (error: unknown) => {
        report(scope, error);
        return [];
      },
    ),
  );
  const started = await Promise.all(starts);
  signal.throwIfAborted();
  return started.flat();
}

async function start(
  { ports: { clock, slots } }: DeploymentScope,
  { id, name }: Container,
  signal: AbortSignal,
): Promise<void> {
  using deadline = createDeadline(clock, apartMs, () => {
    return new SluiceError("START_FAILED", `${name} has not started within ${apartMs / 1_000} s`, {
      hint: `nothing else waits for it any longer; docker start ${name} tells what is in the way`,
    });
  });
  const either = AbortSignal.any([signal, deadline.signal]);
  await settle(clock, either, slots.startPlain([id], { signal }), () => 0);
}
