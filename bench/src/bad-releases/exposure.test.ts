import { expect, it } from "vitest";
import type { Answer } from "../load/answer.ts";
import { allHave, endsWith, exposure } from "./exposure.ts";

const startedAt = 10_000;
const answer = (sentAt: number, changes: Partial<Answer> = {}): Answer => ({
  stream: "ordinary",
  client: 1,
  method: "GET",
  path: "/",
  dueAt: sentAt,
  sentAt,
  endedAt: sentAt + 5,
  version: "v1",
  ...changes,
});
const failed = (sentAt: number): Answer => {
  const { version: _none, ...rest } = answer(sentAt);
  return { ...rest, failure: { kind: "reset", detail: "ECONNRESET" } };
};

it("what is lost later than a minute after the first meeting is lost all the same", () => {
  const first = startedAt + 20_000;
  const answers = [failed(startedAt - 1), failed(startedAt), answer(first, { version: "v2" }), failed(first + 70_000)];
  expect(exposure({ answers }, "v2", startedAt)).toMatchObject({
    lost: 1,
    lostInAll: 2,
    kinds: { reset: 2, timeout: 0 },
    lostBySecond: { [-20]: 1, 70: 1 },
    met: 1,
    exposedS: 0,
  });
});

it("where nobody meets the bad version, what is lost in the second minute is lost too", () => {
  const answers = [answer(startedAt), failed(startedAt + 59_000), failed(startedAt + 61_000)];
  expect(exposure({ answers }, "v2", startedAt)).toMatchObject({ lost: 1, lostInAll: 2, met: 0 });
});

it("as long as some users meet the bad version, not all are back, whoever is answered last", () => {
  const since = startedAt + 30_000;
  const after = Array.from({ length: 100 }, (_, index) =>
    answer(since + index * 10, index % 20 === 0 ? { version: "v2" } : {}),
  );
  const answers = [answer(since - 1, { version: "v2" }), ...after];
  expect(endsWith({ answers }, "v1")).toBe(true);
  expect(allHave({ answers }, "v1", since)).toBe(false);
  const back = answers.filter(({ version, sentAt }) => version === "v1" || sentAt < since);
  expect(allHave({ answers: back }, "v1", since)).toBe(true);
});

it("errors of the bad version are its answers, and no answer at all is no way back", () => {
  const bad5xx = answer(startedAt + 1, { version: "v2", status: 500, failure: { kind: "5xx", detail: "500" } });
  expect(allHave({ answers: [bad5xx, answer(startedAt + 2)] }, "v1", startedAt)).toBe(false);
  expect(allHave({ answers: [answer(startedAt - 1), failed(startedAt + 1)] }, "v1", startedAt)).toBe(false);
});
