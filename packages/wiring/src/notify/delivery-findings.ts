import { type Finding, messageOf } from "@sluice/core";
import type { DeliveryReport } from "@sluice/notify";
import { type OpenedChannels, problemText } from "./channels.ts";

interface DeliveryHints {
  readonly waiting: string;
  readonly uncertain: string;
}

const laterHints: DeliveryHints = {
  waiting: "the next deployment tells it, or sluice outbox flush; sluice outbox drop forgets it",
  uncertain: "look there; sluice outbox flush --uncertain sends it again",
};

/** For what is told only while it holds. */
export const waitHints: DeliveryHints = {
  waiting: "it is not told later: sluice status says what the deployment waits for",
  uncertain: "look there; it is not sent again",
};

/** Says what could not be told, and throws nothing. */
export async function guarded(
  say: (finding: Finding) => void,
  work: () => Promise<readonly DeliveryReport[]>,
  hints = laterHints,
): Promise<void> {
  try {
    for (const finding of (await work()).flatMap((report) => findingOf(report, hints))) say(finding);
  } catch (error) {
    const message = messageOf(error);
    say({ severity: "warn", code: "not-notified", message: `people could not be told: ${message}` });
  }
}

function findingOf({ channel, place, result, reason }: DeliveryReport, hints: DeliveryHints): readonly Finding[] {
  const why = reason ? `: ${reason}` : "";
  const about = (text: string, hint?: string): readonly Finding[] => [
    {
      severity: "warn",
      code: "not-notified",
      message: `${channel} (${place}) ${text}${why}`,
      ...(hint ? { hint } : {}),
    },
  ];
  if (result === "waiting") return about("could not be told", hints.waiting);
  if (result === "uncertain") return about("may not have been told", hints.uncertain);
  return result === "expired" ? about("could not be told in time, and is not any more") : [];
}

/** Channels that cannot be used now, for what must not be refused because of them. */
export function unavailableFindings({ problems }: OpenedChannels, severity: "warn" | "error"): readonly Finding[] {
  if (problems.length === 0) return [];
  return [
    {
      severity,
      code: "notify-variable-missing",
      message: problemText(problems),
      hint:
        severity === "error"
          ? "a deployment would be refused: set them where sluice runs"
          : "set them where sluice runs; what is not told now waits for sluice outbox flush",
    },
  ];
}
