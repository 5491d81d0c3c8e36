import { createDeadline } from "@sluice/core";
import { settle } from "../deadline.ts";
import { type DeploymentScope, emit } from "../scope.ts";

/**
 * How long an engine may be away. One that is restarted gives its containers 15 s to stop, unless its configuration says
 * otherwise, and takes a few seconds to come up.
 */
const awayMs = 90_000;
const everyMs = 500;
/** An engine that takes connections and answers nothing is away, too. */
const answerMs = 5_000;

/**
 * Waits for an engine that is being restarted: without it there is no way back, and nobody can say what serves. One that
 * stays away is not waited for twice; what needs it then says so itself.
 *
 * @returns whether it was away and answers again
 */
export async function untilEngineAnswers(scope: DeploymentScope): Promise<boolean> {
  const { clock } = scope.ports;
  if (scope.run.engine === "gone" || (await answers(scope))) return false;
  scope.run.engine = "was-away";
  const message = `the Docker engine does not answer: waiting up to ${awayMs / 1_000} s for it`;
  emit(scope, { type: "finding", finding: { severity: "warn", code: "engine-away", message } });
  const end = clock.monotonicMs() + awayMs;
  while (clock.monotonicMs() < end) {
    await clock.sleep(everyMs);
    if (await answers(scope)) return true;
  }
  scope.run.engine = "gone";
  return false;
}

async function answers({ ports }: DeploymentScope): Promise<boolean> {
  using deadline = createDeadline(ports.clock, answerMs);
  try {
    await settle(ports.clock, deadline.signal, ports.observer.ping(deadline.signal));
    return true;
  } catch {
    return false;
  }
}
