import { type Diagnosis, when } from "@sluice/core";
import type { Channel } from "../channels/channel.ts";
import { isUntold, type OutboxEntry } from "../outbox/entry.ts";

export interface ChannelFacts {
  readonly channels: readonly Pick<Channel, "name">[];
  /** What keeps channels from being used now, in words; `null` where nothing does. */
  readonly problem: string | null;
}

/** Who could not be told now, and who still has not been told. */
export function notifyDiagnoses(
  { channels, problem }: ChannelFacts,
  outbox: readonly OutboxEntry[],
): readonly Diagnosis[] {
  const untold = outbox.filter(isUntold);
  const names = [...new Set(untold.map(({ channel }) => channel))];
  // Those that are opened for GitHub have upper-case letters, and no configured one does.
  const gone = names.filter((name) => name === name.toLowerCase() && channels.every((known) => known.name !== name));
  const waiting: Diagnosis = {
    severity: "warn",
    code: "outbox-waiting",
    what: `${untold.length} notifications could not be delivered${untoldText(untold, names)}`,
    why: "people do not know how deployments ended",
    mend: `sluice outbox list, then sluice outbox flush${goneText(gone)}`,
  };
  return [
    ...when(problem !== null, {
      severity: "error",
      code: "notify-variable-missing",
      what: problem ?? "",
      why: "nobody would hear how a deployment ended: it is refused",
      mend: "set them where sluice runs, or take the channels out of sluice.yaml",
    }),
    ...(untold.length > 0 ? [waiting] : []),
  ];
}

/** Each channel with the reason that is the last it had. */
function untoldText(untold: readonly OutboxEntry[], names: readonly string[]): string {
  const each = names.map((name) => {
    const mine = untold.filter(({ channel }) => channel === name);
    return { name, count: mine.length, reason: mine.at(-1)?.reason ?? "cut off" };
  });
  const [first] = each;
  if (first && each.length === 1) return ` to ${first.name}: ${first.reason}`;
  return `: ${each.map(({ name, count, reason }) => `${count} to ${name} (${reason})`).join(", ")}`;
}

function goneText(gone: readonly string[]): string {
  if (gone.length === 0) return "";
  const [those, it] = gone.length === 1 ? ["channel", "it"] : ["channels", "them"];
  return `; sluice.yaml has no ${those} ${gone.join(", ")} any more: put ${it} back to have people told, or leave it: what waits for ${it} is given up after 7 days`;
}
