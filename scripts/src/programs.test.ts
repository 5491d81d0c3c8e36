import { describe, expect, it } from "vitest";
import { type Drill, drill, drillText } from "./backup-drill.ts";
import { missingChanges } from "./check-changes.ts";
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
    [
      { doctor: { diagnoses: [{ severity: "error", code: "disk-low", what: "disk full", why: "", mend: "prune" }] } },
      /prune/,
    ],
    [
      { plan: { ...open.plan, findings: [{ severity: "error", code: "cannot-be-two", message: "db twice" }] } },
      /db twice/,
    ],
  ] as const)("says why it is closed: %#", (over, reason) => {
    expect(gateReasons({ ...open, ...over })).toEqual([expect.stringMatching(reason)]);
  });
});

describe("a drill", () => {
  type Manifest = Awaited<ReturnType<Parameters<typeof drill>[0]["verify"]>>;
  const untold = "whether it holds what the database held";
  const restored = { level: "restored", at: "2026-01-02T03:04:05.000Z", restoreMs: 900, notTested: [untold] } as const;
  const compared = { ...restored, level: "compared", notTested: ["the application with the restored data"] } as const;

  it.each([
    [[restored, compared], true, compared.notTested],
    [[restored], false, [untold]],
  ] as const)("restores the very backup that it took, measures both, and says what was shown: %#", async (...row) => {
    const [verified, isCompared, notTested] = row;
    const asked: string[] = [];
    let at = 0;
    const manifest = (id: string, levels: readonly object[]) => ({ id, verified: levels }) as Manifest;
    const database = {
      backup: async () => ((at += 100), manifest("b7", [])),
      verify: async (id: string | undefined) => ((at += 900), asked.push(id ?? ""), manifest("b7", verified)),
    };
    expect(await drill(database, () => at, AbortSignal.timeout(5_000))).toEqual({
      id: "b7",
      takenMs: 100,
      restoredMs: 900,
      isCompared,
      notTested,
    });
    expect(asked).toEqual(["b7"]);
  });

  it("claims a comparison only where there was one", () => {
    const done: Drill = {
      id: "b7",
      takenMs: 1_000,
      restoredMs: 2_000,
      isCompared: true,
      notTested: ["the application"],
    };
    expect(drillText(done)).toBe("backup b7 is proven: taken in 1.0 s, restored and compared in 2.0 s");
    expect(drillText({ ...done, isCompared: false, notTested: [untold] })).toBe(
      `backup b7 is proven: taken in 1.0 s, restored in 2.0 s; not tested: ${untold}`,
    );
  });
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
    [["packages/core/src/config/notify-schema.ts", ".changeset/a.md"], "", 1],
    [["packages/core/src/config/notify-schema.ts", ".changeset/a.md", "docs/sluice.example.yaml"], "", 0],
    [["packages/core/src/config/json-schema.ts", ".changeset/a.md"], "", 0],
    [["packages/core/src/events/events.ts", ".changeset/a.md"], "", 1],
    [["packages/core/src/events/events.ts", ".changeset/a.md", "docs/events.md"], "", 0],
    [["packages/core/src/errors/codes.ts", ".changeset/a.md"], "", 1],
    [["packages/core/src/errors/codes.ts", ".changeset/a.md", "docs/errors.md"], "", 0],
    [["docs/en/guide.md"], "", 1],
    [["docs/en/guide.md"], "text\nno-docs: a typing mistake\n", 0],
    [["docs/en/guide.md", "docs/zh/guide.md"], "", 0],
  ])("of %j with %j lacks %i", (paths, body, count) => {
    expect(missingChanges(paths, body)).toHaveLength(count);
  });

  it("brings no changeset by deleting one of others", () => {
    const theirs = ".changeset/theirs.md";
    expect(missingChanges([theirs, code], "", [theirs])).toHaveLength(1);
    expect(missingChanges([theirs, ".changeset/mine.md", code], "", [theirs])).toEqual([]);
  });
});
