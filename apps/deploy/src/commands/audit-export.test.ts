import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalRecord } from "@sluice/core";
import type { AnchoredAudit } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { anAttempt } from "../testing/records.ts";
import { run } from "../testing/run.ts";

const { start, outcomes, end } = anAttempt();
const evil = '=HYPERLINK("http://evil.example","click")';
const origin = { host: "server-1", run: "https://github.example/runs/7" };
const images = { web: "sha256:1" };
const modelChanges = {
  listed: [
    { path: "services.web.image", change: "changed", before: "shop:1", after: "shop:2" },
    { path: "services.web.environment.TOKEN", change: "added", after: "hmac:0123456789abcdef" },
  ],
  omitted: 7,
};
const records = [
  { ...start, reason: evil, origin, modelChanges },
  { ...outcomes[0], data: { bundle: "r2", commit: "c0ffee", images } },
  { ...end, reason: 'one\ntwo, "three"' },
  {
    v: 1,
    seq: 4,
    at: "2026-05-01T09:04:00.000Z",
    type: "new-kind",
    actor: "@ada",
    previous: "h3",
    hash: "h4",
    odd: [1],
  },
] as unknown as readonly JournalRecord[];
const deployer = () =>
  fakeDeployer({
    records: async function* () {
      yield* records;
    },
  });

describe("sluice audit export", () => {
  it("writes each record as it stands in the journal", async () => {
    const { stdout, exitCode } = await run(["audit", "export"], { deployer: deployer() });
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(JSON.parse(JSON.stringify(records)));
  });

  it("writes a table with a row for every record, whatever its kind", async () => {
    const { stdout } = await run(["audit", "export", "--format", "csv"], { deployer: deployer() });
    expect(stdout).toMatchInlineSnapshot(`
      "record,at,type,deployment,by,host,run,kind,release,bundle,commit,images,changes,step,result,reason,consents,error,serving,details,previous,hash
      1,2026-05-01T09:01:00.000Z,deployment-start,d1,ada,server-1,https://github.example/runs/7,deploy,v2,,,,"changed services.web.image shop:1 -> shop:2
      added services.web.environment.TOKEN hmac:0123456789abcdef
      and 7 more",,,"'=HYPERLINK(""http://evil.example"",""click"")",breaking migration,,,,,h1
      2,2026-05-01T09:02:00.000Z,step-outcome,d1,,,,,,r2,c0ffee,"{""web"":""sha256:1""}",,verify,done,,,,,"{""durationMs"":10}",,h2
      3,2026-05-01T09:03:00.000Z,deployment-end,d1,,,,,v2,,,,,,live,"one
      two, ""three""",,,v2 green 100 %,"{""durationMs"":80000}",,h3
      4,2026-05-01T09:04:00.000Z,new-kind,,'@ada,,,,,,,,,,,,,,,"{""odd"":[1]}",h3,h4
      "
    `);
  });

  it("makes no text a formula of a spreadsheet", async () => {
    const { stdout } = await run(["audit", "export", "--format", "csv"], { deployer: deployer() });
    expect(stdout).toContain(`"'=HYPERLINK(""http://evil.example"",""click"")"`);
    expect(stdout).toContain(",'@ada,");
    expect(
      stdout
        .split("\n")
        .flatMap((line) => line.split(","))
        .filter((cell) => /^"?[=+@-]/.test(cell)),
    ).toEqual([]);
  });

  it("writes a file whole, and says how many", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "sluice-audit-"));
    try {
      const { stdout } = await run(["audit", "export", "-o", "audit.jsonl"], { deployer: deployer(), cwd });
      expect(stdout).toBe(`${join(cwd, "audit.jsonl")} is written: 4 records\n`);
      expect((await readFile(join(cwd, "audit.jsonl"), "utf8")).split("\n")).toHaveLength(5);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});

describe("sluice audit verify --github", () => {
  const ask = (problems: readonly string[], anchors = 3, lost: AnchoredAudit["lost"] = null) =>
    run(["audit", "verify", "--github"], {
      deployer: fakeDeployer({
        audit: async () => ({ ok: true, records: 9, problems: [] }),
        anchors: async () => ({ anchors, problems, lost }),
      }),
    });

  it("tells of ends that fit, and of none", async () => {
    expect(await ask([])).toMatchObject({
      exitCode: 0,
      stdout: "9 records, the chain holds\n3 deployments on GitHub hold ends of it, and all fit\n",
    });
    expect((await ask([], 0)).stdout).toContain("github.anchor");
  });

  it("tells who gave up the record that older ends are of", async () => {
    const by = { seq: 1, at: "2026-05-01T10:00:00.000Z", type: "state-rebuilt", actor: "ada", reason: "disk died" };
    const { exitCode, stdout } = await ask([], 3, { anchors: 2, by: { ...by, previousHome: null } as never });
    expect([exitCode, stdout.split("\n")[1], stdout.split("\n")[2]]).toEqual([
      0,
      "on GitHub: 2 deployments hold ends that no record has here; record 1 by ada of 2026-05-01T10:00:00.000Z says why: the state was rebuilt: the record before it is lost: disk died; if nobody did that, the record was rewritten",
      "1 deployments on GitHub hold ends of it, and all fit",
    ]);
  });

  it("exits 30 for a record that was rewritten, although its own chain holds", async () => {
    const { exitCode, stdout } = await ask(["record 4 is another one than when d2 began, as GitHub holds it"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 30, stdout: expect.stringContaining("record 4 is another one") });
  });
});
