import type { SocketLife, SocketRecords } from "./sockets.ts";

export interface SocketSummary {
  readonly opened: number;
  /** Ended by the other side with a close frame, and without one. */
  readonly closed: number;
  readonly reset: number;
  readonly refused: number;
  /** Longest time that a client had no message, reconnecting included. */
  readonly silenceMs: number;
  readonly lives: readonly SocketLife[];
}

export function summariseSockets({ lives, refused }: SocketRecords): SocketSummary {
  const ended = lives.filter(({ end }) => end);
  return {
    opened: lives.length,
    closed: ended.filter(({ end }) => end?.clean).length,
    reset: ended.filter(({ end }) => !end?.clean).length,
    refused: refused.length,
    silenceMs: Math.max(0, ...clientsOf(lives).map((own) => silenceOf(own))),
    lives,
  };
}

const clientsOf = (lives: readonly SocketLife[]): SocketLife[][] => [
  ...Map.groupBy(lives, ({ client }) => client).values(),
];

function silenceOf(lives: readonly SocketLife[]): number {
  const inOrder = lives.toSorted((a, b) => a.openedAt - b.openedAt);
  const between = inOrder.slice(1).map((life, index) => {
    const firstMessage = life.openedAt;
    return firstMessage - (inOrder[index]?.lastMessageAt ?? firstMessage);
  });
  return Math.max(0, ...inOrder.map(({ silenceMs }) => silenceMs), ...between);
}

export interface Held {
  readonly client: number;
  /** How long the connection lived on after the cutover; 0 where it did not live to see it. */
  readonly ms: number;
  readonly clean: boolean;
  /** It ended before the load did. */
  readonly ended: boolean;
  /** It ended before the cutover, when nobody had to give way yet. */
  readonly early: boolean;
}

/** Moments of a change of version, in milliseconds of the clock of the load. */
export interface Change {
  /** The command that changes the version began. */
  readonly beganAt: number;
  /** Users were sent to another version. */
  readonly cutoverAt: number;
  /** The load ended. */
  readonly endedAt: number;
}

/** What became of the connections to version `old` that were open at some moment from the command to the cutover. */
export function heldAfter(lives: readonly SocketLife[], old: string, { beganAt, cutoverAt, endedAt }: Change): Held[] {
  return lives
    .filter(({ version, openedAt, end }) => version === old && openedAt < cutoverAt && (end?.at ?? endedAt) > beganAt)
    .map(({ client, end }) => {
      const ms = (end?.at ?? endedAt) - cutoverAt;
      return { client, ms: Math.max(0, ms), clean: end?.clean ?? true, ended: end !== undefined, early: ms < 0 };
    });
}
