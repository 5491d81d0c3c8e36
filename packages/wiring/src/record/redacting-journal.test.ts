import { createRedactor, type Journal, type JournalEntry } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createRedactingJournal } from "./redacting-journal.ts";

function written(entry: JournalEntry, ...secrets: readonly string[]): unknown {
  let appended: unknown;
  const journal: Journal = {
    append: async (given) => {
      appended = given;
      return { ...given, v: 1, seq: 1, at: "", previous: "", hash: "" };
    },
    read: async function* () {},
    backwards: async function* () {},
  };
  void createRedactingJournal(journal, createRedactor(secrets)).append(entry);
  return appended;
}

describe("the journal", () => {
  it("holds no secret that an application said", () => {
    const error = { code: "CHECK_FAILED", message: "got hunter22", detail: "line of hunter22" };
    const observations = [{ type: "verdict", verdict: { check: "buy", value: "hunter22", detail: "x hunter22" } }];
    const consents = ["window: agreed, hunter22"];
    const entry = { type: "attempt-end", reason: "hunter22!", error, observations, consents };
    expect(JSON.stringify(written(entry, "hunter22"))).not.toContain("hunter22");
    expect(written(entry, "hunter22")).toMatchObject({ error: { code: "CHECK_FAILED", message: "got [redacted]" } });
  });

  it("keeps everything that a later run goes by, whatever a secret is called", () => {
    const entry = {
      type: "attempt-start",
      deployment: "d20260501T100000-abcd",
      slot: "blue",
      release: "release-1",
      plan: { steps: [{ id: "create", kind: "create", target: "slot blue", slot: "blue" }] },
      doors: { web: "4f1c" },
      share: 50,
      none: null,
    };
    expect(written(entry, "blue", "create", "release-1", "attempt-start", "d20260501T100000-abcd", "4f1c")).toEqual(
      entry,
    );
  });
});
