import { describe, expect, it } from "vitest";
import { aRehearsal } from "../testing/a-rehearsal.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

function deployerWith(report = aRehearsal()) {
  const none = fakeDeployer().database;
  return fakeDeployer({ database: { ...none, rehearse: async () => report } });
}

const blocked = aRehearsal({
  verdict: "block",
  compatibility: { release: "v1", result: "fail", why: 'check "orders": status 500', verdicts: [] },
  findings: [
    {
      code: "previous-fails",
      severity: "block",
      table: null,
      message: 'v1 does not run on the new schema: check "orders": status 500',
      hint: "split the change",
    },
  ],
});

describe("sluice db rehearse", () => {
  it("says whether the migration may run, what it did, and what nobody looked at", async () => {
    const ran = await run(["db", "rehearse"], { deployer: deployerWith() });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toBe(
      [
        "the migration of v2 passes",
        "copy of backup 20260501T090000Z-abcd of release v1, 1h old (compared), restored in 12s, copied again in 900ms",
        "migrated by jobs migrate in 1.5s",
        "rollback of images to v1 safe: yes (2 of its checks passed)",
        "",
        "statements",
        "  time  rows  statement",
        "  12ms  0     alter table orders add column note text",
        "",
        "locks",
        "  locked         blocks            held  by",
        "  public.orders  reads and writes  14ms  ALTER TABLE",
        "",
        "not tested",
        "  the application's own traffic beside the migration",
        "",
      ].join("\n"),
    );
  });

  it("says whether it can be taken back, and how the server changed a table", async () => {
    const statements = [{ sql: "alter table orders force", ms: 40, calls: 1, rows: 0, how: "INPLACE" }];
    const { observations } = aRehearsal();
    const textOf = async (down: ReturnType<typeof aRehearsal>["down"]) => {
      const report = aRehearsal({ down, observations: { ...observations, statements } });
      return (await run(["db", "rehearse"], { deployer: deployerWith(report) })).stdout;
    };
    const well = await textOf({ ms: 900, error: null, left: [] });
    expect(well).toContain("taken back in 900ms: it is what it was\n");
    expect(well).toContain("alter table orders force (INPLACE)\n");
    expect(await textOf({ ms: 900, error: null, left: ["column-dropped total of orders"] })).toContain(
      "taken back in 900ms: column-dropped total of orders\n",
    );
    const error = { code: "JOB_FAILED", message: "exit code 3" };
    expect(await textOf({ ms: 900, error, left: [] })).toContain("taken back: no (exit code 3)\n");
  });

  it("ends with 20 when it must not, and says why and what to do", async () => {
    const ran = await run(["db", "rehearse"], { deployer: deployerWith(blocked) });
    expect(ran.exitCode).toBe(20);
    expect(ran.stdout).toContain("the migration of v2 must not run\n");
    expect(ran.stdout).toContain("block: v1 does not run on the new schema");
    expect(ran.stdout).toContain("[previous-fails]\n    split the change\n");
    expect(ran.stdout).toContain("rollback of images to v1 safe: no (");
  });

  it("passes on the release, a fresh backup, consent, why, and how long to wait", async () => {
    const flags = ["--release", "v3", "--fresh", "--accept-incompatible", "--reason", "we know", "--wait", "1m"];
    const { deployer } = await run(["db", "rehearse", ...flags], { deployer: deployerWith() });
    expect(deployer.calls.find(([name]) => name === "database.rehearse")?.[1]).toMatchObject({
      release: { tag: "v3" },
      fresh: true,
      acceptIncompatible: true,
      reason: "we know",
      waitMs: 60_000,
    });
  });

  it("is one object with --json, whatever its end", async () => {
    const ran = await run(["db", "rehearse", "--json"], { deployer: deployerWith(blocked) });
    expect([ran.exitCode, events(ran.stdout)]).toEqual([20, [{ v: 1, rehearsal: blocked }]]);
  });

  it("is a page for a job with --markdown, in which text of others is only text", async () => {
    const [finding] = blocked.findings;
    const findings = finding ? [{ ...finding, message: "a | b <b>" }] : [];
    const ran = await run(["db", "rehearse", "--markdown"], { deployer: deployerWith({ ...blocked, findings }) });
    expect(ran.stdout).toContain("## ❌ the migration of v2 must not run\n");
    expect(ran.stdout).toContain("| block | a \\| b &lt;b&gt; | split the change | previous-fails |\n");
    expect(ran.stdout).toContain("**Not tested:**\n\n- the application's own traffic");
  });

  it("does nothing for an event that is not one to deploy", async () => {
    const ran = await run(["db", "rehearse"], {
      deployer: deployerWith(),
      resolveRelease: async () => ({ ignored: "a draft" }),
    });
    expect([ran.exitCode, ran.stdout]).toEqual([0, "nothing to do: a draft\n"]);
  });
});
