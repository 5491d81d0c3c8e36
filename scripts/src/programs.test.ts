import { describe, expect, it } from "vitest";
import { drill } from "./backup-drill.ts";
import { missingChanges } from "./check-changes.ts";
import { promotionReasons, type StagingFacts } from "./promote.ts";
import { type GateFacts, gateReasons } from "./release-gate.ts";

describe("the release gate", () => {
  const open: GateFacts = {
    window: { open: true, reason: "", nextOpening: null },
    doctor: { diagnoses: [{ severity: "warn", code: "memory-low", what: "x", why: "y", mend: "z" }] },
    plan: { plan: { kind: "deploy", candidate: "green", previous: "blue", steps: [] }, findings: [] },
  };

  it("is open where only advice is left", () => {
    expect(gateReasons(open)).toEqual([]);
  });

  it.each([
    [{ window: { open: false, reason: "a freeze", nextOpening: "2026-01-03" } }, /a freeze \(next: 2026-01-03\)/],
    [{ doctor: { diagnoses: [{ severity: "error", code: "c", what: "disk full", why: "", mend: "prune" }] } }, /prune/],
    [
      { plan: { ...open.plan, findings: [{ severity: "error", code: "cannot-be-two", message: "db twice" }] } },
      /db twice/,
    ],
  ] as const)("says why it is closed: %#", (over, reason) => {
    expect(gateReasons({ ...open, ...over })).toEqual([expect.stringMatching(reason)]);
  });
});

describe("a promotion", () => {
  const now = new Date("2026-01-01T12:00:00Z");
  const last = { end: { outcome: "live", at: "2026-01-01T11:00:00Z" } } as StagingFacts["status"]["last"];
  const proven: StagingFacts = {
    status: { serving: { release: "r", tag: "v2", slot: "blue", share: 100 }, unfinished: null, findings: [], last },
    failedChecks: [],
    tag: "v2",
    now,
    minimumMs: 1_800_000,
  };
  const status = (over: Partial<StagingFacts["status"]>) => ({ ...proven, status: { ...proven.status, ...over } });

  it("goes on with what staging has proven", () => {
    expect(promotionReasons(proven)).toEqual([]);
  });

  it.each([
    [status({ serving: null }), /nothing/],
    [{ ...proven, tag: "v3" }, /serves v2, and the checkout is v3/],
    [status({ serving: { release: "r", tag: "v2", slot: "blue", share: 5 } }), /only 5 %/],
    [status({ unfinished: { deployment: "d", tag: "v2", since: "" } }), /without an end/],
    [{ ...proven, minimumMs: 7_200_000 }, /120 minutes/],
    [status({ last: { end: { outcome: "failed", at: "2026-01-01T01:00:00Z" } } as typeof last }), /not served/],
    [status({ last: null }), /not served/],
    [status({ findings: [{ severity: "error", code: "c", message: "door stopped" }] }), /door stopped/],
    [{ ...proven, failedChecks: ["buy"] }, /buy fails/],
  ] as const)("is refused: %#", (facts, reason) => {
    expect(promotionReasons(facts)).toEqual([expect.stringMatching(reason)]);
  });
});

it("a drill restores the very backup that it took, and measures both", async () => {
  const asked: string[] = [];
  let at = 0;
  const manifest = (id: string) => ({ id }) as Awaited<ReturnType<Parameters<typeof drill>[0]["backup"]>>;
  const database = {
    backup: async () => ((at += 100), manifest("b7")),
    verify: async (id: string | undefined) => ((at += 900), asked.push(id ?? ""), manifest("b7")),
  };
  expect(await drill(database, () => at, AbortSignal.timeout(5_000))).toEqual({
    id: "b7",
    takenMs: 100,
    restoredMs: 900,
  });
  expect(asked).toEqual(["b7"]);
});

describe("a change", () => {
  const code = "packages/core/src/plan/plan.ts";
  it.each([
    [[code], "", 1],
    [[code, ".changeset/quick.md"], "", 0],
    [[code, ".changeset/README.md"], "", 1],
    [[code], "no-changeset: comments only", 0],
    [[code], "no-changeset:", 1],
    [["packages/core/src/plan/plan.test.ts", "packages/testing/src/index.ts", "README.md"], "", 0],
    [["apps/deploy/src/program-db.ts", ".changeset/a.md"], "", 1],
    [["apps/deploy/src/program-db.ts", ".changeset/a.md", "docs/cli.md"], "", 0],
    [["docs/en/guide.md"], "", 1],
    [["docs/en/guide.md"], "text\nno-docs: a typing mistake\n", 0],
    [["docs/en/guide.md", "docs/zh/guide.md"], "", 0],
  ])("of %j with %j lacks %i", (paths, body, count) => {
    expect(missingChanges(paths, body)).toHaveLength(count);
  });
});
