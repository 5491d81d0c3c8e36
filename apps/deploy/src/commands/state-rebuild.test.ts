import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aRebuiltState } from "../testing/a-moved-state.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const rebuilt = aRebuiltState({
  slots: [
    { slot: "blue", release: "r1", tag: null, live: false, bundle: false },
    { slot: "green", release: "r2", tag: "v2", live: true, bundle: true },
  ],
  lost: ["the bundle of release r1 in slot blue", "the record of earlier deployments"],
});
const rebuilding = () => fakeDeployer({ rebuildState: async () => rebuilt });
const callOf = (deployer: ReturnType<typeof rebuilding>) => deployer.calls.find(([name]) => name === "rebuildState");

describe("sluice state rebuild", () => {
  it("says what serves, what the slots hold, and what is lost", async () => {
    const { exitCode, stdout } = await run(["state", "rebuild", "--yes"], { deployer: rebuilding() });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`stack shop belongs to /var/lib/sluice/shop now (state home new)
the state home before (old) is refused from now on
v2 serves (green, 100 %)

slots
  slot   tag  release  state   bundle
  blue   -    r1       idle    lost
  green  v2   r2       active  rebuilt

lost
  the bundle of release r1 in slot blue
  the record of earlier deployments
`);
    const json = await run(["state", "rebuild", "--yes", "--json"], { deployer: rebuilding() });
    expect(events(json.stdout)).toEqual([{ v: 1, ...rebuilt }]);
  });

  it("does not say that nothing serves where no slot can tell", async () => {
    const inBase = fakeDeployer({
      rebuildState: async () => aRebuiltState({ serving: null, lost: ["which release"] }),
    });
    const { stdout } = await run(["state", "rebuild", "--yes"], { deployer: inBase });
    expect(stdout).toContain("from now on\nno slot holds a release\n\nlost\n  which release\n");
  });

  it("asks first, and is refused where nobody can be asked", async () => {
    const asked = await run(["state", "rebuild"], { deployer: rebuilding(), isInteractive: true });
    expect([asked.exitCode, asked.questions]).toEqual([0, [expect.stringContaining("lost for good?")]]);
    for (const options of [{ isInteractive: true, answer: false }, {}]) {
      const deployer = rebuilding();
      const refused = await run(["state", "rebuild"], { deployer, ...options });
      expect([refused.exitCode, callOf(deployer)]).toEqual([10, undefined]);
      expect(refused.stderr).toContain("CONFIRMATION_NEEDED");
    }
  });

  it("hands over what the checkout is, and goes on without where nothing tells", async () => {
    const deployer = rebuilding();
    await run(["state", "rebuild", "--yes", "--replace", "--reason", "disk died"], { deployer });
    expect(callOf(deployer)?.[1]).toEqual({
      release: { tag: "v2", commit: "c0ffee", dirty: false, source: "describe" },
      replace: true,
      reason: "disk died",
    });
    const unknown = rebuilding();
    const resolveRelease = async () => Promise.reject(new SluiceError("USAGE", "nothing tells which release it is"));
    await run(["state", "rebuild", "--yes"], { deployer: unknown, resolveRelease });
    expect(callOf(unknown)?.[1]).toMatchObject({ release: null });
    const named = await run(["state", "rebuild", "--yes", "--release", "v9"], { resolveRelease });
    expect(named.exitCode).toBe(2);
  });
});
