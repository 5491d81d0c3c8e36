import { describe, expect, it } from "vitest";
import type { Connection } from "../process/connections.ts";
import { type ClientSession, endLeftSessions, type LeftSession, leftSessions } from "./left-sessions.ts";

const job = "172.30.0.3";
const aClient = (over: Partial<ClientSession> = {}): ClientSession => ({
  pid: 7,
  user: "shop",
  host: job,
  port: 5000,
  statementMs: 300_000,
  isKilled: false,
  isReading: false,
  isOfDatabase: true,
  ...over,
});
const end = (over: Partial<Connection> = {}): Connection => ({
  localPort: 3306,
  address: job,
  port: 5000,
  isOpen: false,
  ...over,
});
const found = (sessions: readonly ClientSession[], connections: readonly Connection[] | null, known = [job]) =>
  leftSessions(sessions, connections, 3306, new Set(known)).map(({ session, isOurs }) => [
    session?.pid ?? null,
    isOurs ? "ours" : "somebody's",
  ]);
const ours = [[7, "ours"]];

describe("what is left is a migration's", () => {
  it("where its client, which has closed the connection, had the address of one", () => {
    expect(found([aClient()], [end()])).toEqual(ours);
    // Whatever it does, and wherever.
    expect(found([aClient({ isReading: true, isOfDatabase: false })], [end()])).toEqual(ours);
  });
  it("by the connection, where the server has a name for the client that somebody may have had before", () => {
    expect(found([aClient({ host: "migrate.net" })], [end()])).toEqual(ours);
    expect(found([aClient({ host: "migrate.net" })], [end({ address: "172.30.0.9" })])).toEqual([[7, "somebody's"]]);
  });
  it("where nothing is left of the connection", () => {
    expect(found([aClient()], [end({ port: 5001, isOpen: true })])).toEqual(ours);
  });
  it("also where our account may not see it", () => {
    expect(found([], [end()])).toEqual([[null, "ours"]]);
    expect(found([], [end({ localPort: 9000 })])).toEqual([]);
  });
});

describe("what is left may be somebody's", () => {
  it("where nobody knows the address: a change of the database whose client is gone, or that is taken back", () => {
    expect(found([aClient()], [end()], [])).toEqual([[7, "somebody's"]]);
    expect(found([aClient({ isKilled: true, host: "localhost", port: null })], [], [])).toEqual([[7, "somebody's"]]);
    expect(found([aClient({ isReading: true })], [end()], [])).toEqual([]);
    expect(found([aClient({ isOfDatabase: false })], [end()], [])).toEqual([]);
    expect(found([], [end()], [])).toEqual([]);
  });
});

describe("nothing is left of", () => {
  it("a client that is there, also where it has the address of a migration, or its name, now", () => {
    expect(found([aClient()], [end({ isOpen: true })])).toEqual([]);
    expect(found([aClient({ host: "migrate.net" })], [end({ isOpen: true })])).toEqual([]);
  });
  it("a name with two connections of one port", () => {
    expect(found([aClient({ host: "migrate.net" })], [end(), end({ address: "172.30.0.9", isOpen: true })])).toEqual(
      [],
    );
  });
  it("anybody, where connections cannot be seen", () => {
    expect(found([aClient()], null)).toEqual([]);
  });
});

describe("a migration begins", () => {
  const left = (over: Partial<LeftSession> = {}): LeftSession => ({
    session: aClient(),
    address: job,
    isOurs: true,
    ...over,
  });
  /** @param looks what is left, at one look after the other; the last one stays */
  const ending = async (looks: readonly (readonly LeftSession[])[], waitMs = 30_000) => {
    let [now, number] = [0, 0];
    const [ended, told]: [number[], string[]] = [[], []];
    const server = {
      look: async () => looks[Math.min(number++, looks.length - 1)] ?? [],
      end: async (pids: readonly number[]) => void ended.push(...pids),
    };
    const clock = { now: () => new Date(0), monotonicMs: () => now, sleep: async (ms: number) => void (now += ms) };
    const over = { server, clock, database: "shop", endSession: (pid: number) => `kill ${pid}`, waitMs };
    const error: unknown = await endLeftSessions({ ...over, onProgress: (text) => void told.push(text) }).catch(
      (failed: unknown) => failed,
    );
    return { ended, told, error, ms: now };
  };
  const killed = left({ isOurs: false, session: aClient({ isKilled: true }) });

  it("at once where nothing is left", async () => {
    expect(await ending([[]])).toEqual({ ended: [], told: [], error: undefined, ms: 0 });
  });
  it("when what a killed one has left is ended and taken back", async () => {
    const { ended, told, error } = await ending([[left()], [killed], [killed], []]);
    expect({ ended, error }).toEqual({ ended: [7], error: undefined });
    expect(told[0]).toBe(
      "session 7 (shop@172.30.0.3, in a statement for 5m) of a migration that nobody watches any more is ended",
    );
  });
  it("not beside one that goes on being taken back", async () => {
    const { ended, error, ms } = await ending([[left()], [killed]]);
    expect({ ended, ms }).toEqual({ ended: [7], ms: 120_000 });
    expect(error).toMatchObject({
      code: "LOCK_HELD",
      retryable: true,
      message: expect.stringMatching(/^session 7 \(shop@172\.30\.0\.3, in a statement for 5m\), .* in shop after 2m: /),
      hint: expect.stringMatching(/^the server takes back what it has done.*when it is gone$/),
    });
  });
  it("after what may be somebody's, which is not ended, has ended", async () => {
    const others = left({ isOurs: false });
    const { ended, told, error } = await ending([[others], [others], []]);
    expect({ ended, error }).toEqual({ ended: [], error: undefined });
    expect(told).toEqual([
      "waits up to 30s for session 7 (shop@172.30.0.3, in a statement for 5m), whose client is gone",
    ]);
  });
  it("not beside it, and names it", async () => {
    const { ended, error, ms } = await ending([[left({ isOurs: false })]]);
    expect({ ended, ms }).toEqual({ ended: [], ms: 30_000 });
    expect(error).toMatchObject({ code: "LOCK_HELD", hint: expect.stringMatching(/kill 7$/) });
  });
  it("not beside what our account cannot end", async () => {
    const { ended, error } = await ending([[left({ session: null })]]);
    expect(ended).toEqual([]);
    expect(error).toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringContaining("a session from 172.30.0.3 that this account may not see"),
    });
  });
});
