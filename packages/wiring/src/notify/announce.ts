import { assertReleaseTag, type Journal, type JournalRecord, SluiceError } from "@sluice/core";
import type { Origin } from "@sluice/engine";
import type { DeliveryReport, Notification } from "@sluice/notify";
import { recordsOf } from "../record/records-of.ts";
import { assertAvailable } from "./channels.ts";
import { type NotifyParts, notifierOf } from "./with-notifications.ts";

/** A deployment that is planned, for people to know ahead. */
export interface AnnounceCall {
  /** Tag of the release. */
  readonly release: string;
  /** `2030-06-04T09:00` in the time zone of the windows, or with an offset; without it, the next opening. */
  readonly at?: string | undefined;
  readonly reason?: string | undefined;
  /** Why it is planned although the windows are closed then; goes into the record. */
  readonly override?: string | undefined;
  /** How long to wait for the lock, milliseconds; default 0. */
  readonly waitMs?: number | undefined;
}

export interface Announcement {
  readonly release: string;
  /** ISO 8601, UTC, and in the time zone of the windows. */
  readonly plannedFor: NonNullable<Notification["plannedFor"]>;
  /** `false` where the same was announced before: nobody is told twice. */
  readonly isNew: boolean;
  /** What became of it, for each channel that is told of plans. */
  readonly reports: readonly DeliveryReport[];
}

/** The record of an announcement. */
export type PlanRecord = JournalRecord & {
  readonly type: "deployment-planned";
  readonly tag: string;
  /** ISO 8601, UTC. */
  readonly plannedFor: string;
  readonly actor: string;
  readonly reason: string;
  readonly consents: readonly string[];
  readonly origin?: Origin;
};

/** Who announces, and where. */
export interface Announcer {
  readonly actor: string;
  readonly origin: Origin;
}

/**
 * Tells all channels that want to know that a deployment is planned, and records it. Each release and time is recorded
 * once, and told once to each channel; what cannot be delivered waits in the outbox until that time. Another time for the
 * same release is told with the one that it replaces. The caller holds the lock.
 *
 * @throws SluiceError USAGE where no channel wants to know, or for a time that cannot be; WINDOW_CLOSED for one at which the
 * deployment would be refused; CONFIG_INVALID where variables of a channel are missing; NAME_INVALID
 */
export async function announcePlan(
  parts: NotifyParts,
  announcer: Announcer,
  call: AnnounceCall,
  signal?: AbortSignal,
): Promise<Announcement> {
  const { stack, config, opened, clock, link } = parts;
  const release = assertReleaseTag(call.release);
  const override = call.override?.trim() || undefined;
  assertAvailable(opened);
  if (!opened.channels.some(({ on }) => on.includes("planned"))) throw nobodyToTell();
  const { formatInZone, plannedMoment } = await import("@sluice/core/windows");
  const now = clock.now();
  const textOf = (moment: Date) => formatInZone(moment, config.windows.timezone);
  const moment = plannedMoment(config.windows, { at: call.at, now, override });
  const plannedFor = { at: moment.toISOString(), text: textOf(moment) };
  const reason = call.reason ?? `release ${release}`;
  const consents = override ? [`window: ${override}`] : [];
  const plan = { tag: release, plannedFor: plannedFor.at, reason, consents, ...announcer };
  const { seq, isNew, replaced } = await recordOnce(parts, plan, now);
  const cause = [
    ...(replaced ? [`instead of ${textOf(new Date(replaced))}`] : []),
    ...(override ? [`although the window is closed then: ${override}`] : []),
  ].join("; ");
  const notification: Notification = {
    // Of the record: a plan that was moved and moved back is told again.
    id: `planned.${release}.${seq}`,
    stack,
    outcome: "planned",
    kind: "deploy",
    release,
    actor: announcer.actor,
    reason,
    ...(cause ? { cause } : {}),
    at: now.toISOString(),
    plannedFor,
    ...(link ? { link } : {}),
  };
  const notifier = notifierOf(parts);
  // Told later, the plan of before would be taken for the last word.
  if (isNew) await notifier.withdrawPlans(release);
  const reports = await notifier.announce([notification], { withinMs: config.notify.timeout, signal });
  return { release, plannedFor, isNew, reports };
}

type Plan = Pick<PlanRecord, "tag" | "plannedFor" | "reason" | "consents"> & Announcer;

/** The record of a plan: the one that is there, while no other time was announced for the release since. */
async function recordOnce(
  { journal }: Pick<NotifyParts, "journal">,
  plan: Plan,
  now: Date,
): Promise<{ readonly seq: number; readonly isNew: boolean /** ISO 8601. */; readonly replaced: string | null }> {
  const last = (await readPlanRecords(journal)).findLast(({ tag }) => tag === plan.tag);
  if (last?.plannedFor === plan.plannedFor) return { seq: last.seq, isNew: false, replaced: null };
  const { seq } = await journal.append({ type: "deployment-planned", ...plan });
  // Nobody waits any more for what is past.
  const isAwaited = last !== undefined && Date.parse(last.plannedFor) > now.getTime();
  return { seq, isNew: true, replaced: isAwaited ? last.plannedFor : null };
}

/** All announcements of the record, oldest first. */
export function readPlanRecords(journal: Journal): Promise<readonly PlanRecord[]> {
  return recordsOf(journal, (type) => type === "deployment-planned");
}

function nobodyToTell(): SluiceError {
  return new SluiceError("USAGE", "no channel is told of what is planned", {
    hint: "notify.channels in sluice.yaml names who is told; a channel with an on of its own needs planned in it",
  });
}
