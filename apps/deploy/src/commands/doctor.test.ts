import type { DoctorReport } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const examined = ["engine", "stack"];
const error = {
  severity: "error",
  code: "door-stopped",
  what: "door web does not run",
  why: "users",
  mend: "docker start 1",
} as const;
const warn = {
  severity: "warn",
  code: "memory-low",
  what: "5 MiB are available",
  why: "two run",
  mend: "docker stats",
} as const;
const finding = (report: DoctorReport) => fakeDeployer({ doctor: async () => report });

describe("sluice doctor", () => {
  it("says of each finding what, why, and what mends it, and exits 30", async () => {
    const deployer = finding({ ok: false, examined, diagnoses: [error, warn] });
    const { stdout, exitCode } = await run(["doctor"], { deployer });
    expect(exitCode).toBe(30);
    expect(stdout).toBe(`error door web does not run [door-stopped]
  because  users
  mend     docker start 1

warn 5 MiB are available [memory-low]
  because  two run
  mend     docker stats

looked at engine, stack
`);
  });

  it("exits 0 when there are only warnings", async () => {
    const { exitCode } = await run(["doctor"], { deployer: finding({ ok: false, examined, diagnoses: [warn] }) });
    expect(exitCode).toBe(0);
  });

  it("looks at security when it is asked to, and at nothing else", async () => {
    const report = { ok: true, examined, diagnoses: [] };
    const security = await run(["doctor", "security"], { deployer: finding(report) });
    expect(security.deployer.calls[0]).toEqual(["doctor", "security"]);
    expect((await run(["doctor"], { deployer: finding(report) })).deployer.calls[0]).toEqual(["doctor", "deployments"]);
    expect((await run(["doctor", "everything"], { deployer: finding(report) })).exitCode).toBe(2);
  });

  it("says that nothing is wrong", async () => {
    const { stdout, exitCode } = await run(["doctor"], { deployer: finding({ ok: true, examined, diagnoses: [] }) });
    expect([exitCode, stdout]).toEqual([0, "nothing is wrong; looked at engine, stack\n"]);
  });

  it("tells what cannot be told, and that nothing is wrong", async () => {
    const note = { ...warn, severity: "note", code: "deployments-untold", what: "it cannot be told" } as const;
    const report = { ok: true, examined, diagnoses: [note] };
    const { stdout, exitCode } = await run(["doctor"], { deployer: finding(report) });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`note it cannot be told [deployments-untold]
  because  two run
  mend     docker stats

nothing is wrong; looked at engine, stack
`);
    const onGitHub = await run(["doctor"], { deployer: finding(report), env: { GITHUB_ACTIONS: "true" } });
    expect(onGitHub.stdout).toContain("::notice title=deployments-untold::");
  });

  it("prints the same as one object with --json, and annotations in GitHub Actions", async () => {
    const report: DoctorReport = { ok: false, examined, diagnoses: [error] };
    const { stdout } = await run(["doctor", "--json"], { deployer: finding(report) });
    expect(events(stdout)).toEqual([{ v: 1, ...report }]);
    const onGitHub = await run(["doctor"], { deployer: finding(report), env: { GITHUB_ACTIONS: "true" } });
    expect(onGitHub.stdout).toContain("::error title=door-stopped::door web does not run; docker start 1\n");
  });
});
