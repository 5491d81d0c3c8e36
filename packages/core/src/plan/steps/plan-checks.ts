import { askedMs } from "../../config/asked-ms.ts";
import { candidateChecks, closingChecks } from "../../config/release-checks.ts";
import type { Config } from "../../config/schema.ts";
import type { Check } from "../../model/check.ts";
import { isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { AddStep } from "./collect-steps.ts";

interface CheckScope {
  readonly slot: Slot;
  readonly tag: string;
  readonly config: Config;
  readonly services: readonly ServiceFacts[];
}

/** For a release with something behind doors: always, as that its containers run is a check too. */
export function addVerify(
  add: AddStep,
  { slot, tag, config, services, wasLive = false }: CheckScope & { readonly wasLive?: boolean | undefined },
): void {
  add({
    kind: "verify",
    slot,
    ...(wasLive && { wasLive }),
    target: `release ${tag}`,
    cause: "a candidate is proven through the door before users meet it",
    timeoutMs: verifyMs(candidateChecks(config, services)),
  });
}

/**
 * What serves is proven again on data that was made anew under it. Nothing of it is taken back by what is found: it serves as it did.
 * Where nothing of it is behind a door, it is asked where it runs.
 */
export function addServingVerify(
  add: AddStep,
  { slot, tag, config, services, made }: CheckScope & { readonly made: readonly string[] },
): void {
  const closing = !services.some(isBehindDoor);
  const checks = (closing ? closingChecks : candidateChecks)(config, services);
  if (made.length === 0 || checks.length === 0) return;
  add({
    kind: "verify",
    slot,
    ...(closing ? { closing } : { wasLive: true }),
    target: `release ${tag}`,
    cause: `it serves on ${made.join(" and ")}, which was not there`,
    timeoutMs: verifyMs(checks),
  });
}

/** What is replaced stop-first, workers and proxies have no candidate: they are proven in their place, while there is a way back. */
export function addClosingVerify(add: AddStep, { slot, tag, config, services }: CheckScope): void {
  const checks = closingChecks(config, services);
  if (checks.length === 0) return;
  const names = [...new Set(checks.map(({ service }) => service))].filter((name) => name !== "");
  add({
    kind: "verify",
    slot,
    closing: true,
    target: `release ${tag}`,
    cause: `${names.join(", ")} cannot be proven before: what fails is taken back`,
    timeoutMs: verifyMs(checks),
  });
}

/** What is asked has the time that it is given, beside that of doors that are waited for. */
function verifyMs(checks: readonly Check[]): number {
  return 5 * 60_000 + askedMs(checks);
}
