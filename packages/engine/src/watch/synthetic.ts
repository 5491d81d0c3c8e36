import {
  type Check,
  healthHostOf,
  healthPathOf,
  otherSlot,
  readingChecks,
  type Slot,
  type SlotWindow,
  slotServices,
  type Verdict,
} from "@sluice/core";
import { probeChecks } from "../actions/verify.ts";
import { type DeploymentScope, judgingConfig, releaseOf } from "../scope.ts";

/** Requests of our own in the place of users that do not come. They go through the preview, so no counter of users has them. */
export interface Synthetic {
  /** Asks both slots once, and judges all answers so far as those of users are judged. */
  look(look: number, looks: number, signal: AbortSignal): Promise<readonly Verdict[]>;
}

export function createSynthetic(scope: DeploymentScope, candidate: Slot): Synthetic {
  const { ports, plan, config } = scope;
  const checks = probesOf(scope);
  const windows = new Map<Slot, SlotWindow>();
  const asked = plan.previous === null ? [candidate] : [candidate, otherSlot(candidate)];
  return {
    async look(look, looks, signal) {
      await Promise.all(
        asked.map(async (slot) => {
          const verdicts = await probeChecks(scope, slot, checks, signal);
          windows.set(slot, withAnswers(windows.get(slot) ?? nothing, verdicts));
        }),
      );
      const mine = windows.get(candidate) ?? nothing;
      const previous = windows.get(otherSlot(candidate)) ?? null;
      return ports
        .judge({ candidate: mine, previous, look, looks, settings: config.analysis })
        .flatMap((verdict) => (verdict.check === "errors" ? [{ ...verdict, check: "errors of probes" }] : []));
    },
  };
}

/** What is asked may be asked any number of times: the release's checks that only read, or its health path. */
function probesOf(scope: DeploymentScope): readonly Check[] {
  const config = judgingConfig(scope);
  const release = releaseOf(scope);
  const reading = readingChecks(config, release.bundle.services);
  if (reading.length > 0) return reading.map((check) => ({ ...check, ...onlyOnce }));
  const web = slotServices(release.bundle.services).find(({ role, protocol }) => role === "web" && protocol === "http");
  if (!web) return [];
  const path = healthPathOf(web, config) ?? "/";
  const host = healthHostOf(web, config);
  return [
    {
      type: "http",
      name: `GET ${path}`,
      service: web.name,
      method: "GET",
      path,
      headers: host === undefined ? {} : { host },
      // Whatever it says, it is an answer, unless it is an error of the server's.
      expect: { status: belowServerErrors, headers: {} },
      timeoutMs: 5_000,
      ...onlyOnce,
    },
  ];
}

const onlyOnce = { successes: 1, retries: 0, onNoData: "warn" } as const;
const belowServerErrors = Array.from({ length: 300 }, (_, index) => 200 + index);

const nothing: SlotWindow = {
  requests: 0,
  errors: 0,
  http4xx: 0,
  latenciesMs: [],
  clients: 0,
  clientsWithErrors: 0,
};

function withAnswers(window: SlotWindow, verdicts: readonly Verdict[]): SlotWindow {
  const made = verdicts.filter(({ result }) => result !== "no-data");
  const failed = made.filter(({ result }) => result === "fail");
  return { ...window, requests: window.requests + made.length, errors: window.errors + failed.length };
}
