import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventBody, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aPlanView, aResult, aStatus, fakeDeployer, v1 } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";
import { badEvents, goodEvents } from "../testing/scripts.ts";

function deploying(script: readonly EventBody[], result = aResult()) {
  const deployer = fakeDeployer({
    plan: async () => aPlanView(),
    deploy: async () => {
      deployer.emit(...script);
      return result;
    },
  });
  return deployer;
}

describe("sluice deploy", () => {
  it("passes on what was asked for, and exits as the deployment did", async () => {
    const argv = [
      "deploy",
      "--release",
      "v9",
      "--retry",
      "--replace-doors",
      "--steps",
      "5:30s,100",
      "--wait",
      "1m30s",
      "--reason",
      "a fix",
    ];
    const { exitCode, deployer } = await run(argv, {
      deployer: deploying(badEvents, aResult({ outcome: "failed", exitCode: 20 })),
    });
    expect(exitCode).toBe(20);
    expect(deployer.calls.find(([name]) => name === "deploy")?.[1]).toEqual({
      release: { tag: "v9", commit: "c0ffee", dirty: false, source: "option" },
      retry: true,
      replaceDoors: true,
      waitMs: 90_000,
      reason: "a fix",
      steps: [
        { share: 5, for: 30_000, approval: false },
        { share: 100, for: 0, approval: false },
      ],
    });
  });

  it("goes on outside the window with a reason, and with nothing less", async () => {
    const overriding = await run(["deploy", "--override", "orders fail"], { deployer: deploying(goodEvents) });
    expect(overriding.deployer.calls.find(([name]) => name === "deploy")?.[1]).toMatchObject({
      override: "orders fail",
    });
    const blank = await run(["deploy", "--override", " "], { deployer: deploying(goodEvents) });
    expect(blank.exitCode).toBe(2);
    expect(blank.deployer.calls.map(([name]) => name)).not.toContain("deploy");
  });

  it("closes the deployer, whatever happened", async () => {
    const broken = fakeDeployer({ deploy: async () => Promise.reject(new Error("bug")) });
    expect((await run(["deploy"], { deployer: broken })).exitCode).toBe(70);
    expect(broken.calls.map(([name]) => name)).toEqual(["inspect", "deploy", "status", "dispose"]);
  });

  it("exits as it ended when only closing fails", async () => {
    const deployer = deploying(goodEvents);
    deployer[Symbol.asyncDispose] = async () => Promise.reject(new Error("socket"));
    expect((await run(["deploy"], { deployer })).exitCode).toBe(0);
  });

  it("writes exactly the typed events with --json, the end last", async () => {
    const { stdout } = await run(["deploy", "--json"], { deployer: deploying(goodEvents) });
    expect(events(stdout).map(({ v: _v, at: _at, ...body }) => body)).toEqual(goodEvents);
  });

  it.each([
    ["LOCK_HELD", 10, "refused"],
    ["CONFIG_INVALID", 2, "refused"],
    ["STATE_UNCLEAR", 30, "needs-person"],
    ["ENGINE_FAILED", 10, "refused"],
    ["DISK_FULL", 10, "refused"],
  ] as const)("ends with %s as exit code %i, and says what serves", async (code, exitCode, outcome) => {
    const deployer = fakeDeployer({
      deploy: async () =>
        Promise.reject(new SluiceError(code, "no", { hint: "wait", position: { file: "a.yaml", line: 2 } })),
    });
    const ran = await run(["deploy", "--release", "v2", "--json"], { deployer });
    expect(ran.exitCode).toBe(exitCode);
    expect(events(ran.stdout)).toMatchObject([
      { type: "error", code, message: "no", hint: "wait", position: "a.yaml:2" },
      { type: "deployment-end", outcome, exitCode, tag: "v2", serving: v1, reason: "no" },
    ]);
  });

  it("does not call refused what fails once it has begun, and proposes no --retry for what is", async () => {
    const failing = (script: readonly EventBody[]) => {
      const deployer = fakeDeployer({
        deploy: async () => {
          deployer.emit(...script);
          throw new SluiceError("DISK_FULL", "no space left", { hint: "free some space" });
        },
      });
      return run(["deploy", "--release", "v2", "--json"], { deployer });
    };
    const unfinished = { severity: "warn", code: "unfinished-deployment", message: "v1 is undone" } as const;
    expect((await failing([{ type: "finding", finding: unfinished }])).exitCode).toBe(20);
    expect((await failing(badEvents.slice(0, 1))).exitCode).toBe(20);
    const [error, end] = events((await failing([])).stdout);
    expect([error, end]).toMatchObject([{ hint: "free some space" }, { outcome: "refused", exitCode: 10 }]);
    expect(end).not.toHaveProperty("next");
  });

  it("does not claim that nothing serves when that cannot be read", async () => {
    const deployer = fakeDeployer({
      deploy: async () => Promise.reject(new SluiceError("ENGINE_UNREACHABLE", "no engine")),
      status: async () => Promise.reject(new SluiceError("ENGINE_UNREACHABLE", "no engine")),
    });
    const { stdout } = await run(["deploy", "--json"], { deployer });
    expect(events(stdout).at(-1)).toMatchObject({ serving: null, servingUnknown: true });
    expect((await run(["deploy"], { deployer })).stdout).toContain(
      "which version serves could not be read; once that is mended, `sluice status` tells",
    );
  });

  it.each([
    ["ENGINE_FAILED", "no release serves; what served before is as it was"],
    ["STATE_UNCLEAR", "no release serves; exit code"],
  ] as const)(
    "%s: before the first release plain Compose may serve, which only what changed nothing leaves",
    async (code, said) => {
      const deployer = fakeDeployer({
        deploy: async () => Promise.reject(new SluiceError(code, "no")),
        status: async () => aStatus({ serving: null }),
      });
      expect((await run(["deploy"], { deployer })).stdout).toContain(said);
    },
  );

  it("does not claim that a release serves which nobody reaches", async () => {
    const unreached = {
      severity: "error",
      code: "door-stopped",
      message: "it does not run",
      unserved: "unreached",
    } as const;
    const deployer = fakeDeployer({
      deploy: async () => Promise.reject(new SluiceError("PREFLIGHT_FAILED", "no room")),
      status: async () => aStatus({ serving: v1, findings: [{ ...unreached, service: "web" }] }),
    });
    const { stdout } = await run(["deploy"], { deployer });
    expect(stdout).toContain("v1 should serve (blue, 100 %), and nobody reaches web; exit code 10");
    const told = events((await run(["deploy", "--json"], { deployer })).stdout).at(-1);
    expect(told).toMatchObject({ outcome: "refused", serving: v1, shut: ["web"] });
  });

  it("does not claim it either where the record of who serves is in another state home", async () => {
    const findings = [{ severity: "warn", code: "home-mismatch", message: "its record is elsewhere" }] as const;
    const deploying = (serving: typeof v1 | null) =>
      fakeDeployer({
        deploy: async () => Promise.reject(new SluiceError("HOME_MISMATCH", "not here")),
        status: async () => aStatus({ serving, findings }),
      });
    const ending = async (serving: typeof v1 | null) =>
      events((await run(["deploy", "--json"], { deployer: deploying(serving) })).stdout).at(-1);
    expect(await ending(null)).toMatchObject({ serving: null, servingUnknown: true });
    expect(await ending(v1)).not.toHaveProperty("servingUnknown");
    const { stdout } = await run(["status"], { deployer: deploying(null) });
    expect(stdout).toContain("shop  what serves is not known to this state home");
  });

  it("ends with an event even when the stack cannot be named", async () => {
    const ran = await run(["deploy", "--json"], { failToCreate: new SluiceError("NAME_INVALID", "stack name") });
    expect(ran.exitCode).toBe(2);
    expect(events(ran.stdout).map(({ type }) => type)).toEqual(["error", "deployment-end"]);
  });

  it.each([{}, { GITHUB_ACTIONS: "true" }])(
    "ends as it did although its last words cannot be shown, in %j",
    async (env) => {
      const end = goodEvents.at(-1) as Extract<EventBody, { type: "deployment-end" }>;
      const deployer = deploying([{ ...end, outcome: "of another version" as "live" }]);
      expect((await run(["deploy"], { deployer, env })).exitCode).toBe(0);
    },
  );

  it("tells GitHub how it ended although its last words cannot be shown", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-outputs-"));
    const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: join(directory, "output") };
    const end = goodEvents.at(-1) as Extract<EventBody, { type: "deployment-end" }>;
    const deployer = deploying([{ ...end, outcome: "of another version" as "live" }]);
    await run(["deploy"], { deployer, env });
    expect(await readFile(env.GITHUB_OUTPUT, "utf8")).toContain("outcome");
    await rm(directory, { recursive: true });
  });

  it("reports a bug as one, with versions", async () => {
    const deployer = fakeDeployer({ deploy: async () => Promise.reject(new TypeError("x is not a function")) });
    const { stdout, exitCode } = await run(["deploy"], { deployer });
    expect(exitCode).toBe(70);
    expect(stdout).toMatch(/error INTERNAL: internal error, please report it: x is not a function/);
    expect(stdout).toContain(`Node.js ${process.versions.node}`);
  });

  it("exits 0 for an event that is not one to deploy, and says so", async () => {
    const ran = await run(["deploy"], { resolveRelease: async () => ({ ignored: "release v2 is a draft" }) });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("release v2 is a draft");
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("deploy");
  });

  it("asks the configuration whether prereleases are allowed", async () => {
    const asked: unknown[] = [];
    await run(["deploy", "--release", "v3"], {
      deployer: deploying(goodEvents),
      resolveRelease: async (options) => {
        asked.push(options);
        return { ignored: "" };
      },
    });
    expect(asked).toMatchObject([{ tag: "v3", directory: "/srv/Shop" }]);
    expect(await (asked[0] as { allowPrerelease: Promise<boolean> }).allowPrerelease).toBe(false);
  });

  it.each([
    ["--steps", "50,20"],
    ["--steps", "5,fast"],
    ["--steps", "5:1x,100"],
    ["--wait", "soon"],
  ])("refuses %s %s", async (...flag) => {
    const ran = await run(["deploy", ...flag]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toContain(`error USAGE: ${flag[0]}`);
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("deploy");
  });
});

describe("the priority of the process", () => {
  it.each([
    [["deploy"], 1],
    [["deploy", "--plan"], 0],
    [["rollback"], 0],
    [["status"], 0],
  ])("%j lowers it %i times", async (argv, times) => {
    let lowered = 0;
    await run(argv, { deployer: deploying(goodEvents), giveWay: () => void (lowered += 1) });
    expect(lowered).toBe(times);
  });
});

describe("the confirmation", () => {
  it("comes after the plan, on a terminal", async () => {
    const ran = await run(["deploy"], { deployer: deploying(goodEvents), isInteractive: true });
    expect(ran.questions).toHaveLength(1);
    expect(ran.stdout).toContain("users must not find out");
    expect(ran.exitCode).toBe(0);
  });

  it("changes nothing when the answer is no", async () => {
    const ran = await run(["deploy"], { deployer: deploying(goodEvents), isInteractive: true, answer: false });
    expect(ran.exitCode).toBe(10);
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("deploy");
  });

  it.each([
    ["with --yes", ["deploy", "--yes"], true],
    ["where nobody can answer", ["deploy"], false],
    ["with --json", ["deploy", "--json"], true],
  ] as const)("is not asked for %s", async (_title, argv, isInteractive) => {
    const ran = await run(argv, { deployer: deploying(goodEvents), isInteractive, answer: false });
    expect(ran.questions).toEqual([]);
    expect(ran.exitCode).toBe(0);
  });

  it("is not asked for when there is nothing to do", async () => {
    const deployer = deploying(goodEvents);
    const empty = aPlanView();
    deployer.plan = async () => ({ ...empty, plan: { ...empty.plan, steps: [] } });
    expect((await run(["deploy"], { deployer, isInteractive: true, answer: false })).questions).toEqual([]);
  });

  it("is asked for where a registry, which a plan does not ask, may have another image by now", async () => {
    const deployer = deploying(goodEvents);
    const { plan } = aPlanView();
    const asked = { severity: "info", code: "image-asked-anew", message: "the registry is asked for web" } as const;
    const view = aPlanView({ plan: { ...plan, steps: [] }, text: "nothing to do", findings: [asked] });
    deployer.plan = async () => view;
    const ran = await run(["deploy"], { deployer, isInteractive: true, answer: false });
    expect(ran.questions).toEqual(["Do it?"]);
    expect(ran.stdout).toContain(asked.message);
    expect(ran.deployer.calls.map(([name]) => name)).not.toContain("deploy");
  });
});

describe("an interruption", () => {
  it("is told to the person, and ends with exit code 130", async () => {
    const interruption = new AbortController();
    const deployer = fakeDeployer({
      deploy: async () => {
        interruption.abort(new Error("interrupted by SIGINT"));
        throw interruption.signal.reason;
      },
    });
    const ran = await run(["deploy", "--json"], { deployer, signal: interruption.signal });
    expect(ran.exitCode).toBe(130);
    expect(ran.stderr).toContain("stopping: what has begun is undone");
    expect(events(ran.stdout)).toMatchObject([
      { type: "deployment-end", outcome: "interrupted", exitCode: 130, reason: "interrupted by SIGINT", serving: v1 },
    ]);
  });
});
