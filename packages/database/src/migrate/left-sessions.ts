import { isIP } from "node:net";
import { type Clock, formatDuration, SluiceError } from "@sluice/core";
import type { Connection } from "../process/connections.ts";

/** A session, as its server has it. */
export interface ClientSession {
  readonly pid: number;
  readonly user: string;
  /** An address, or the name that the server has found for it. */
  readonly host: string;
  /** `null` over the server's own socket. */
  readonly port: number | null;
  /** Milliseconds since its statement began. */
  readonly statementMs: number;
  /** The server takes back what it has done. */
  readonly isKilled: boolean;
  /** Its statement changes nothing. */
  readonly isReading: boolean;
  readonly isOfDatabase: boolean;
}

/** What is at work in a server although its client is gone. */
export interface LeftSession {
  /** `null` where our account may not see it. */
  readonly session: ClientSession | null;
  /** Of its client. */
  readonly address: string;
  /** Its client was that of a migration of ours. */
  readonly isOurs: boolean;
}

/**
 * Pure. Addresses and names are given to others as soon as a container is gone: a session is a dead client's only where the other
 * side has closed its connection, and one of the application never, unless that has died, too.
 *
 * @param connections of the server; `null` where they cannot be seen
 * @param serverPort where it is connected to
 * @param addresses that migrations of ours came from
 */
export function leftSessions(
  sessions: readonly ClientSession[],
  connections: readonly Connection[] | null,
  serverPort: number,
  addresses: ReadonlySet<string>,
): readonly LeftSession[] {
  const ends = (connections ?? []).filter(({ localPort }) => localPort === serverPort);
  const seen = sessions.flatMap((session): LeftSession[] => {
    const { host, port, isKilled, isReading, isOfDatabase } = session;
    const own = ends.filter((end) => end.port === port && (isIP(host) === 0 || end.address === host));
    // A name with two connections of one port is either's.
    if (own.length > 1) return [];
    const [end] = own;
    const address = end?.address ?? host;
    // One whose client had not read everything is closed at once, on both sides.
    const isClosed = end ? !end.isOpen : connections !== null && addresses.has(host) && isIP(host) !== 0;
    const isOurs = isClosed && addresses.has(address);
    const isLeft = isOurs || ((isClosed || isKilled) && isOfDatabase && !isReading);
    return isLeft ? [{ session, address, isOurs }] : [];
  });
  const ports = new Set(sessions.map(({ port }) => port));
  const unseen = ends.filter(({ isOpen, port, address }) => !isOpen && !ports.has(port) && addresses.has(address));
  return [...seen, ...unseen.map(({ address }) => ({ session: null, address, isOurs: true }))];
}

/** A server in which a migration that was killed may have left statements at work. */
export interface LeftServer {
  look(): Promise<readonly LeftSession[]>;
  /** One that is gone already, or that our account may not end, is no error. */
  end(pids: readonly number[]): Promise<void>;
}

export interface LeftCall {
  readonly server: LeftServer;
  readonly clock: Clock;
  /** In messages. */
  readonly database: string;
  /** The statement that ends a session of the server. */
  readonly endSession: (pid: number) => string;
  /** How long a statement is waited for that may be somebody else's. Milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

const pauseMs = 250;
/** Taking back what a statement has done takes a server about as long as it took the statement. */
const leastTakenBackMs = 120_000;

/**
 * Resolves when nothing is at work in a database any more whose client is gone. Sessions of migrations are ended; what may be
 * somebody else's is waited for.
 *
 * @throws SluiceError LOCK_HELD naming what is still at work; the signal's reason
 */
export async function endLeftSessions(call: LeftCall): Promise<void> {
  const { server, clock, waitMs, signal, onProgress } = call;
  const startMs = clock.monotonicMs();
  const ended = new Set<number>();
  let isTold = false;
  for (;;) {
    signal?.throwIfAborted();
    const left = await server.look();
    const [first] = left;
    if (!first) return;
    const ours = left.flatMap(({ session, isOurs }) => (session && isOurs && !ended.has(session.pid) ? [session] : []));
    if (ours.length > 0) {
      for (const session of ours) {
        ended.add(session.pid);
        onProgress?.(`${describe(session)} of a migration that nobody watches any more is ended`);
      }
      await server.end(ours.map(({ pid }) => pid));
      continue;
    }
    const isOnlyOurs = left.every(({ session, isOurs }) => isOurs || (session !== null && ended.has(session.pid)));
    const limitMs = isOnlyOurs ? Math.max(waitMs, leastTakenBackMs) : waitMs;
    const leftMs = startMs + limitMs - clock.monotonicMs();
    if (leftMs <= 0) throw stillAtWork(call, first, ended, limitMs);
    if (!isTold) onProgress?.(`waits up to ${formatDuration(limitMs)} for ${whatIsLeft(first)}`);
    isTold = true;
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}

function stillAtWork(
  { database, endSession }: LeftCall,
  left: LeftSession,
  ended: ReadonlySet<number>,
  limitMs: number,
): SluiceError {
  const { session } = left;
  const waited = limitMs > 0 ? ` after ${formatDuration(limitMs)}` : "";
  const isTakenBack = session !== null && (session.isKilled || ended.has(session.pid));
  const hint = isTakenBack
    ? "the server takes back what it has done, which may take as long as it took: run the migration again when it is gone"
    : session
      ? `it may be of a migration that was killed: wait for it; if nobody needs it: ${endSession(session.pid)}`
      : "only an account that sees all sessions of the server can end it: wait for it, or look there";
  return new SluiceError(
    "LOCK_HELD",
    `${whatIsLeft(left)}, still at work in ${database}${waited}: a migration beside it could change the same data twice`,
    { hint, retryable: true },
  );
}

function whatIsLeft({ session, address }: LeftSession): string {
  return session
    ? `${describe(session)}, whose client is gone`
    : `a session from ${address} that this account may not see, whose client is gone`;
}

/** Without its statement: data is in that. */
function describe({ pid, user, host, statementMs }: ClientSession): string {
  return `session ${pid} (${user}@${host}, in a statement for ${formatDuration(statementMs)})`;
}
