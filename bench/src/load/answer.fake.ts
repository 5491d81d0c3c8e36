import type { Answer } from "./answer.ts";

/** A good ordinary answer, for the tests. */
export const anAnswer = (overrides: Partial<Answer> = {}): Answer => ({
  stream: "ordinary",
  client: 0,
  method: "GET",
  path: "/",
  dueAt: 0,
  sentAt: 0,
  endedAt: 1,
  status: 200,
  version: "v1",
  ...overrides,
});
