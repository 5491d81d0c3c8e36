import { expect, it } from "vitest";
import { parseClients } from "./postgres-clients.ts";

const line = (over: object = {}) =>
  JSON.stringify({
    pid: 7,
    user: "shop",
    host: "172.30.0.3",
    port: 5000,
    statementMs: 300_000.5,
    isOfDatabase: true,
    query: "update orders set total = 0",
    ...over,
  });

it("a session is known by where its client connected from", () => {
  const session = { pid: 7, user: "shop", host: "172.30.0.3", port: 5000, statementMs: 300_000.5, isOfDatabase: true };
  expect(
    parseClients([JSON.stringify({ port: 5433 }), line(), line({ host: "", port: -1, query: "-- app\nselect 1" })]),
  ).toEqual({
    port: 5433,
    sessions: [
      { ...session, isKilled: false, isReading: false },
      { ...session, host: "", port: null, isKilled: false, isReading: true },
    ],
  });
});
