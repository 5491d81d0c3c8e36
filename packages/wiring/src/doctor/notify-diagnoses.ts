import type { Diagnosis } from "@sluice/core";
import type { OutboxEntry } from "@sluice/notify";
import { type OpenedChannels, problemText } from "../notify/channels.ts";

/** Who could not be told now, and who still has not been told. */
export function notifyDiagnoses({ problems }: OpenedChannels, outbox: readonly OutboxEntry[]): readonly Diagnosis[] {
  const missing: Diagnosis = {
    severity: "error",
    code: "notify-variable-missing",
    what: problemText(problems),
    why: "nobody would hear how a deployment ended: it is refused",
    mend: "set them where sluice runs, or take the channels out of sluice.yaml",
  };
  const untold = outbox.filter(({ state }) => state !== "delivered");
  const names = [...new Set(untold.map(({ channel }) => channel))].join(", ");
  const waiting: Diagnosis = {
    severity: "warn",
    code: "outbox-waiting",
    what: `${untold.length} notifications could not be delivered to ${names}: ${untold.at(-1)?.reason ?? "cut off"}`,
    why: "people do not know how deployments ended",
    mend: "sluice outbox list, then sluice outbox flush",
  };
  return [...(problems.length > 0 ? [missing] : []), ...(untold.length > 0 ? [waiting] : [])];
}
