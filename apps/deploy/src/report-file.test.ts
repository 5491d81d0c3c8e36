import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reportFile } from "./report-file.ts";
import { aReportOf } from "./testing/a-report.ts";
import { fakeDeployer } from "./testing/fake-deployer.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-report-file-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const signal = new AbortController().signal;
const deployer = fakeDeployer({ report: async () => aReportOf("d1") });

describe("the report of a deployment", () => {
  it("is a file in a workflow", async () => {
    const env = { GITHUB_OUTPUT: join(directory, "output"), RUNNER_TEMP: directory };
    const path = await reportFile(deployer, "d1", { env, signal });
    expect(path).toBe(join(directory, "sluice-report-d1.html"));
    expect(await readFile(path ?? "", "utf8")).toContain("<html");
  });

  it("is none elsewhere, after an interruption, or where it cannot be made", async () => {
    const env = { GITHUB_OUTPUT: "output", RUNNER_TEMP: directory };
    expect(await reportFile(deployer, "d1", { env: { RUNNER_TEMP: directory }, signal })).toBeUndefined();
    expect(await reportFile(deployer, "d1", { env, signal: AbortSignal.abort() })).toBeUndefined();
    expect(await reportFile(fakeDeployer(), "d1", { env, signal })).toBeUndefined();
  });
});
