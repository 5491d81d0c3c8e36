import { expect, it } from "vitest";
import { parseClients } from "./left-server.ts";

const hex = (text: string) => Buffer.from(text).toString("hex");
const line = (over: object = {}) =>
  JSON.stringify({
    kind: "session",
    id: 7,
    user: "shop",
    host: "172.30.0.3:5000",
    command: "Query",
    seconds: 300,
    isOfDatabase: 1,
    sql: hex("update orders set total = 0"),
    ...over,
  });
const parse = (over: object) => parseClients([line(over)]).sessions[0];

it("a session is known by where its client connected from", () => {
  expect(parseClients([JSON.stringify({ kind: "server", port: 3307 }), line()])).toEqual({
    port: 3307,
    sessions: [
      {
        pid: 7,
        user: "shop",
        host: "172.30.0.3",
        port: 5000,
        statementMs: 300_000,
        isKilled: false,
        isReading: false,
        isOfDatabase: true,
      },
    ],
  });
  expect(parse({ host: "fd00::5:5000" })).toMatchObject({ host: "fd00::5", port: 5000 });
  expect(parse({ host: "localhost" })).toMatchObject({ host: "localhost", port: null });
  expect(parse({ command: "Killed", isOfDatabase: false })).toMatchObject({ isKilled: true, isOfDatabase: false });
});

it.each([
  ["/* app */ (select 1)", true],
  ["-- app\nSHOW tables", true],
  ["with a as (select 1) update orders set total = 0", false],
  ["insert into orders select * from old", false],
  ["", false],
])("reads alone, or may change something: %s", (sql, isReading) => {
  expect(parse({ sql: hex(sql) })).toMatchObject({ isReading });
});
