import type { Session } from "../migrate/activity.ts";
import type { LeftSession } from "../migrate/left-sessions.ts";
import type { LockHolder, MigrationServer } from "../migrate/migration-server.ts";
import type { MigrationSettings } from "../migrate/settings.ts";

export function aSession(pid: number, over: Partial<Session> = {}): Session {
  return {
    pid,
    started: `start of ${pid}`,
    ageMs: 1_000,
    name: "shop",
    address: "10.0.0.2",
    transactionMs: 500,
    statementMs: 500,
    statement: "1",
    isActive: true,
    waitsFor: null,
    waitedMs: null,
    blockedBy: [],
    isGuess: false,
    query: "select 1",
    ...over,
  };
}

export function someSettings(over: Partial<MigrationSettings> = {}): MigrationSettings {
  return {
    lockTimeoutMs: 3_000,
    statementTimeoutMs: 60_000,
    queueTimeoutMs: 3_000,
    profile: "ordinary",
    longTransactionMs: 10_000,
    onLongTransaction: "warn",
    attempts: 3,
    waitMs: 0,
    inject: true,
    ...over,
  };
}

export interface FakeMigrationServer extends MigrationServer {
  /** What was done, in order. */
  readonly calls: string[];
  holder: LockHolder | null;
  /** What a look at the sessions gives. */
  look: () => readonly Session[];
  /** What is left in it of the given addresses; of what is ended, nothing. */
  leftOf: (addresses: ReadonlySet<string>) => readonly LeftSession[];
  hash: string;
  invalid: readonly string[];
  /** The session is gone. */
  broken: boolean;
}

/** A server of which the test says who does what in it. */
export function createFakeMigrationServer(): FakeMigrationServer {
  const server: FakeMigrationServer = {
    calls: [],
    holder: null,
    look: () => [],
    leftOf: () => [],
    hash: "before",
    invalid: [],
    broken: false,
    tryLock: async () => server.holder,
    async sessions() {
      if (server.broken) throw new Error("the server closed the connection");
      return server.look();
    },
    prepared: async () => [],
    schema: async () => ({ hash: server.hash, invalidIndexes: server.invalid }),
    countRows: async () => [],
    async end(sessions, how) {
      for (const { pid } of sessions) server.calls.push(`${how} ${pid}`);
    },
    async endMigrations(run) {
      server.calls.push(`end migrations ${run ?? "of all runs"}`);
      return 0;
    },
    left: (addresses) => ({
      look: async () => server.leftOf(addresses),
      async end(pids) {
        for (const pid of pids) server.calls.push(`end left ${pid}`);
        server.leftOf = () => [];
      },
    }),
    async [Symbol.asyncDispose]() {},
  };
  return server;
}
