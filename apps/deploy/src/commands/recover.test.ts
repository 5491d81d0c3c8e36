import { describe, expect, it } from "vitest";
import { aPlanView, aResult, fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";

describe("sluice rollback", () => {
  const rolling = () =>
    fakeDeployer({ planRollback: async () => aPlanView({ tag: "v1" }), rollback: async () => aResult() });

  it("goes to the release that is named, or to the one before", async () => {
    const named = await run(["rollback", "v1", "--reason", "orders fail"], { deployer: rolling() });
    expect(named.deployer.calls).toContainEqual(["rollback", { to: "v1", reason: "orders fail", waitMs: undefined }]);
    const before = await run(["rollback"], { deployer: rolling() });
    expect(before.deployer.calls).toContainEqual(["rollback", { to: undefined, reason: undefined, waitMs: undefined }]);
  });

  it("exits 0 where it had only to undo what was cut short, and 130 where it was interrupted itself", async () => {
    const undoing = () => fakeDeployer({ rollback: async () => aResult({ outcome: "interrupted", exitCode: 130 }) });
    expect((await run(["rollback"], { deployer: undoing() })).exitCode).toBe(0);
    expect((await run(["rollback"], { deployer: undoing(), signal: AbortSignal.abort() })).exitCode).toBe(130);
  });

  it("asks on a terminal, after the plan", async () => {
    const ran = await run(["rollback"], { deployer: rolling(), isInteractive: true, answer: false });
    expect([ran.exitCode, ran.questions.length]).toEqual([10, 1]);
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("rollback");
  });
});

describe("sluice abort", () => {
  const undone = () => fakeDeployer({ abort: async () => aResult({ outcome: "interrupted", exitCode: 130 }) });

  it("exits 0 when it has undone what it was asked to", async () => {
    expect((await run(["abort"], { deployer: undone() })).exitCode).toBe(0);
  });

  it("undoes the one that is meant, and says so where it is not that one", async () => {
    const meant: unknown[] = [];
    const abort = async (_signal: AbortSignal, call?: { readonly deployment?: string | undefined }) => {
      meant.push(call?.deployment);
      return null;
    };
    const ran = await run(["abort", "--deployment", "d1"], { deployer: fakeDeployer({ abort }) });
    expect(meant).toEqual(["d1"]);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("deployment d1 is not the one that has no end: there is nothing to do");
  });

  it("exits 130 when it was interrupted itself", async () => {
    expect((await run(["abort"], { deployer: undone(), signal: AbortSignal.abort() })).exitCode).toBe(130);
  });
});

describe.each(["resume", "abort"] as const)("sluice %s", (verb) => {
  it("exits as the attempt ended", async () => {
    const deployer = fakeDeployer({ [verb]: async () => aResult({ outcome: "needs-person", exitCode: 30 }) });
    expect((await run([verb], { deployer })).exitCode).toBe(30);
  });

  it("waits for the lock as long as is asked for", async () => {
    const recovering = () => fakeDeployer({ [verb]: async () => aResult() });
    const waiting = await run([verb, "--wait", "10m"], { deployer: recovering() });
    expect(waiting.deployer.calls).toContainEqual([verb, { waitMs: 600_000 }]);
    expect((await run([verb], { deployer: recovering() })).deployer.calls).toContainEqual([
      verb,
      { waitMs: undefined },
    ]);
    const wrong = await run([verb, "--wait", "soon"], { deployer: recovering() });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.deployer.calls.map(([name]) => name)).not.toContain(verb);
  });

  it("says that there is nothing to do, and exits 0", async () => {
    const ran = await run([verb], { deployer: fakeDeployer({ [verb]: async () => null }) });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("every deployment has an end");
  });
});
