import { expect, it } from "vitest";
import { aSession } from "../testing/fake-migration-server.ts";
import { parseSessions } from "./activity.ts";

const parse = (over: object) => parseSessions([JSON.stringify({ ...aSession(7), ...over })])[0];

it("a wait that ended while the server was asked is none", () => {
  const over = { waitsFor: "relation", waitedMs: 900, blockedBy: [] };
  expect(parse(over)).toMatchObject({ waitsFor: null, waitedMs: null });
});

it("a prepared transaction is somebody to wait for", () => {
  const over = { waitsFor: "relation", waitedMs: 900, blockedBy: [0] };
  expect(parse(over)).toMatchObject(over);
});
