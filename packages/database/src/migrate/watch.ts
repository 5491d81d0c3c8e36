import { formatDuration } from "@sluice/core";
import type { Session } from "./activity.ts";
import { describeSession } from "./describe-session.ts";
import { hideLiterals } from "./hide-literals.ts";
import type { MigrationSettings } from "./settings.ts";

/** Whose sessions are the migration's. */
export type IsOurs = (session: Session) => boolean;

/** Since when sessions have been waiting, by `waitKey`, as far as a watcher has seen it; and who was in the way last. */
export interface Watch {
  readonly since: ReadonlyMap<string, number>;
  readonly blocked: Blocked | null;
}

export interface Blocked {
  readonly session: Session;
  /** Those at the ends of the chain: they wait for nobody. Empty where they have no session that is seen. */
  readonly blockers: readonly Session[];
  readonly waitedMs: number;
}

/** Why a migration must not go on. */
export interface GiveUp {
  readonly why: "lock" | "queue" | "statement";
  /** In words, with the blocker named. */
  readonly text: string;
}

export interface Look {
  readonly watch: Watch;
  readonly giveUp: GiveUp | null;
  /** Milliseconds until the first of those that wait now will have waited too long; `null` where nobody waits. */
  readonly soonestMs: number | null;
}

export const nothingSeen: Watch = { since: new Map(), blocked: null };

/** The server keeps injected timeouts itself, and more exactly: it is given this much time for it. */
const serverFirstMs = 250;

/**
 * Judges one look at the sessions of the database. Pure.
 *
 * @param atMs of the look, on a monotonic clock
 */
export function look(
  before: Watch,
  sessions: readonly Session[],
  atMs: number,
  isOurs: IsOurs,
  settings: MigrationSettings,
): Look {
  const waiting = sessions.filter(({ waitsFor }) => waitsFor !== null);
  const since = new Map(waiting.map((each) => [waitKey(each), waitingSince(each, before, atMs)]));
  const waitedMs = (session: Session) => atMs - (since.get(waitKey(session)) ?? atMs);
  const ours = sessions.filter(isOurs);
  const blocked = ours
    .filter(({ waitsFor }) => waitsFor !== null)
    .map((session) => ({ session, blockers: rootsOf(session, sessions), waitedMs: waitedMs(session) }))
    .toSorted((a, b) => b.waitedMs - a.waitedMs);
  const queued = waiting
    .filter((session) => isQueued(session, sessions, isOurs))
    .toSorted((a, b) => waitedMs(b) - waitedMs(a));
  const [longest] = blocked;
  const giveUp =
    queueGiveUp(queued, waitedMs, longest ?? lastLook(before), ours, settings) ??
    lockGiveUp(longest, settings) ??
    statementGiveUp(ours, settings);
  const left = [
    ...(queued[0] ? [settings.queueTimeoutMs - waitedMs(queued[0])] : []),
    ...(longest ? [lockLimitMs(settings) - longest.waitedMs] : []),
  ];
  const soonestMs = left.length === 0 ? null : Math.min(...left);
  return { watch: { since, blocked: longest ?? before.blocked }, giveUp, soonestMs };
}

/** Who was in the way at the look before: what others have waited since, they have waited while it waited. */
function lastLook({ since, blocked }: Watch): Blocked | undefined {
  return blocked && since.has(waitKey(blocked.session)) ? blocked : undefined;
}

/** What a watcher that had no time to look has not seen, the server may know. */
function waitingSince(session: Session, { since }: Watch, atMs: number): number {
  const known = since.get(waitKey(session)) ?? atMs;
  return session.waitedMs === null ? known : Math.min(known, atMs - session.waitedMs);
}

function queueGiveUp(
  queued: readonly Session[],
  waitedMs: (session: Session) => number,
  blocked: Blocked | undefined,
  ours: readonly Session[],
  { queueTimeoutMs }: MigrationSettings,
): GiveUp | null {
  const [first] = queued;
  if (!first || waitedMs(first) < queueTimeoutMs) return null;
  const who = `${queued.length === 1 ? "a session" : `${queued.length} sessions`} of the application waited ${formatDuration(waitedMs(first))} behind it`;
  if (blocked) return { why: "queue", text: `${who}, while ${blockedText(blocked)}` };
  const holder = ours.find(({ pid }) => first.blockedBy.includes(pid)) ?? ours[0];
  const what = holder ? `: it holds a lock in ${hideLiterals(holder.query)}` : "";
  return { why: "queue", text: `${who}${what}` };
}

function lockGiveUp(blocked: Blocked | undefined, settings: MigrationSettings): GiveUp | null {
  if (!blocked) return null;
  if (settings.profile === "concurrent" && isConcurrently(blocked.session)) return null;
  return blocked.waitedMs > lockLimitMs(settings) ? { why: "lock", text: blockedText(blocked) } : null;
}

function lockLimitMs({ lockTimeoutMs, inject, profile }: MigrationSettings): number {
  return lockTimeoutMs + (inject && profile === "ordinary" ? serverFirstMs : 0);
}

function statementGiveUp(ours: readonly Session[], { statementTimeoutMs, inject }: MigrationSettings): GiveUp | null {
  const limit = statementTimeoutMs + (inject ? serverFirstMs : 0);
  const late = ours.find(({ isActive, statementMs }) => isActive && statementMs > limit);
  if (!late) return null;
  const took = formatDuration(late.statementMs);
  return { why: "statement", text: `${hideLiterals(late.query)} ran for ${took}` };
}

/** `alter table … waited 3s for a lock that session 71 (…) holds`. */
export function blockedText({ session, blockers, waitedMs }: Blocked): string {
  const { isGuess, query, blockedBy } = session;
  const unnamed = blockedBy.includes(0) ? "a prepared transaction" : "somebody";
  const holders = blockers.map(describeSession).join(isGuess ? " or " : " and ") || unnamed;
  const holds = isGuess ? "may hold" : blockers.length > 1 ? "hold" : "holds";
  return `${hideLiterals(query)} waited ${formatDuration(waitedMs)} for a lock that ${holders} ${holds}`;
}

/** The same session in the same statement: a statement may wait for one lock after the other. */
function waitKey({ pid, started, statement }: Session): string {
  return `${pid}/${started}/${statement}`;
}

/** A session of others that waits for ours. Who waits for an advisory lock is another migration, not the application. */
function isQueued(session: Session, sessions: readonly Session[], isOurs: IsOurs): boolean {
  if (isOurs(session) || session.waitsFor === "advisory") return false;
  return chainOf(session, sessions).some((each) => each !== session && isOurs(each));
}

function rootsOf(session: Session, sessions: readonly Session[]): readonly Session[] {
  return chainOf(session, sessions).filter((each) => each !== session && each.waitsFor === null);
}

/** The session and everyone whom it waits for, directly or not. */
function chainOf(session: Session, sessions: readonly Session[]): readonly Session[] {
  const byPid = new Map(sessions.map((each) => [each.pid, each]));
  const chain = new Set([session]);
  for (const { blockedBy } of chain) {
    for (const pid of blockedBy) {
      const blocker = byPid.get(pid);
      if (blocker) chain.add(blocker);
    }
  }
  return [...chain];
}

function isConcurrently({ query }: Session): boolean {
  return /\bconcurrently\b/i.test(query);
}
