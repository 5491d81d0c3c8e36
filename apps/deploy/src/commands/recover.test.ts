import type { EventBody } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aPlanView, aResult, fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";
import { badEvents } from "../testing/scripts.ts";

describe("sluice rollback", () => {
  const rolling = () =>
    fakeDeployer({ planRollback: async () => aPlanView({ tag: "v1" }), rollback: async () => aResult() });

  it("goes to the release that is named, or to the one before", async () => {
    const named = await run(["rollback", "v1", "--reason", "orders fail"], { deployer: rolling() });
    expect(named.deployer.calls).toContainEqual(["rollback", { to: "v1", reason: "orders fail", waitMs: undefined }]);
    const before = await run(["rollback"], { deployer: rolling() });
    expect(before.deployer.calls).toContainEqual(["rollback", { to: undefined, reason: undefined, waitMs: undefined }]);
  });

  it("goes to the release that was shown, though others have gone back before it was confirmed", async () => {
    const releases = ["r0", "r1", "r2"];
    const before = () => releases.at(-2) ?? null;
    const deployer = fakeDeployer({
      planRollback: async () => aPlanView({ tag: "v1", release: before() }),
      rollback: async ({ to }) => {
        releases.length = releases.indexOf(to ?? before() ?? "") + 1;
        return aResult();
      },
    });
    const confirm = async () => (await deployer.rollback({}, new AbortController().signal)) !== null;
    await run(["rollback"], { deployer, isInteractive: true, confirm });
    expect(deployer.calls).toContainEqual(["rollback", expect.objectContaining({ to: "r1" })]);
    expect(releases).toEqual(["r0", "r1"]);
  });

  it("goes to the release before where none is foreseen, and to the one that is named", async () => {
    const confirmed = { deployer: rolling(), isInteractive: true };
    for (const [args, to] of [
      [["rollback"], undefined],
      [["rollback", "v1"], "v1"],
    ] as const) {
      const { deployer } = await run(args, confirmed);
      expect(deployer.calls).toContainEqual(["rollback", expect.objectContaining({ to })]);
    }
  });

  it("asks on a terminal, after the plan", async () => {
    const ran = await run(["rollback"], { deployer: rolling(), isInteractive: true, answer: false });
    expect([ran.exitCode, ran.questions.length]).toEqual([10, 1]);
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("rollback");
  });
});

describe("sluice abort", () => {
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

  it("undoes it whatever comes of that, unless it may finish it as well", async () => {
    const calls = async (...flags: readonly string[]) =>
      (await run(["abort", ...flags], { deployer: fakeDeployer({ abort: async () => aResult() }) })).deployer.calls;
    expect(await calls("--or-finish")).toContainEqual(["abort", expect.objectContaining({ orFinish: true })]);
    expect(await calls()).not.toContainEqual(["abort", expect.objectContaining({ orFinish: true })]);
  });

  it("says that it has undone what it was asked to, and exits 0", async () => {
    const deployer = fakeDeployer({
      abort: async () => {
        const [end] = badEvents.slice(-1);
        deployer.emit({ ...end, outcome: "interrupted", exitCode: 0, reason: "undone by a later run" } as EventBody);
        return aResult({ outcome: "interrupted", exitCode: 0 });
      },
    });
    const ran = await run(["abort"], { deployer });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("v2 was undone, as asked (9s); v1 serves (blue, 100 %); exit code 0");
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
