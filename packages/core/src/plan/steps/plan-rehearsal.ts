import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { isRunning } from "../live/is-running.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import type { AddStep } from "./collect-steps.ts";

/** A copy is restored, and the candidate and the previous release are run on it. */
const trialMs = 30 * 60_000;

/** The migration on a copy of the database, where that is configured and a database runs: after its backup, before all that changes it. */
export function addRehearsal(
  add: AddStep,
  { config, tag, acceptIncompatible = false }: DesiredDeployment,
  observed: ObservedStack,
  active: readonly ServiceFacts[],
): void {
  const { database } = config;
  const service = database?.service;
  if (service === undefined || database === undefined || database.rehearsal === "off") return;
  if (!isRunning(observed, service)) return;
  const jobs = active.filter(({ role }) => role === "job").map(({ name }) => name);
  const who = jobs.length > 0 ? `${jobs.join(" and ")} of ${tag}` : `the start of ${tag}`;
  add({
    kind: "rehearse",
    service,
    blocks: database.rehearsal === "block",
    acceptIncompatible,
    target: `migration of ${tag}`,
    cause: `${who} runs on a copy of ${service} first${acceptIncompatible ? "; that the release that serves may not live with it is accepted" : ""}`,
    // Without a proven backup, one is taken.
    timeoutMs: database.timeout + 2 * database.verify.timeout + trialMs,
  });
}
