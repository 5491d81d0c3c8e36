import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aReportOf } from "../testing/a-report.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-cli-"));
});
afterEach(async () => rm(cwd, { recursive: true }));

const data = aReportOf("d1");

const reporting = () => fakeDeployer({ report: async () => data });

describe("sluice report", () => {
  it("writes a page named after the deployment, and says where", async () => {
    const ran = await run(["report"], { deployer: reporting(), cwd });
    expect([ran.exitCode, ran.stdout]).toEqual([0, `${join(cwd, "sluice-report-d1.html")} is written\n`]);
    expect(await readdir(cwd)).toEqual(["sluice-report-d1.html"]);
    expect(await readFile(join(cwd, "sluice-report-d1.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  it("asks for the deployment that is named", async () => {
    const { deployer } = await run(["report", "d7", "-o", "-"], { deployer: reporting(), cwd });
    expect(deployer.calls).toContainEqual(["report", "d7"]);
  });

  it("prints Markdown, and JSON as one object", async () => {
    const markdown = await run(["report", "--format", "markdown"], { deployer: reporting(), cwd });
    expect(markdown.stdout).toContain("## shop: deploy v2, live\n");
    const json = await run(["report", "--json"], { deployer: reporting(), cwd });
    expect(events(json.stdout)).toMatchObject([{ v: 1, deployment: "d1", outcome: "live" }]);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("writes any form to a file", async () => {
    const ran = await run(["report", "--format", "json", "-o", "r.json", "--json"], { deployer: reporting(), cwd });
    expect(events(ran.stdout)).toEqual([{ v: 1, file: join(cwd, "r.json") }]);
    expect(JSON.parse(await readFile(join(cwd, "r.json"), "utf8"))).toMatchObject({ v: 1, tag: "v2" });
  });

  it("exits 2 for a deployment that is not there, a form it does not know and a place it cannot write to", async () => {
    const unknown = fakeDeployer({ report: async () => Promise.reject(new SluiceError("USAGE", "no d9")) });
    expect((await run(["report", "d9"], { deployer: unknown, cwd })).exitCode).toBe(2);
    expect((await run(["report", "--format", "pdf"], { deployer: reporting(), cwd })).exitCode).toBe(2);
    const ran = await run(["report", "-o", "no/such.html"], { deployer: reporting(), cwd });
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining("no/such.html cannot be written: ENOENT")]);
    expect(await readdir(cwd)).toEqual([]);
  });
});
