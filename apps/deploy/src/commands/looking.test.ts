import { SluiceError, type Verdict } from "@sluice/core";
import { aBundle } from "@sluice/testing";
import type { LogLine, StackStatus } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import type { AttemptRecord } from "../context.ts";
import { aStatus, fakeDeployer, v1 } from "../testing/fake-deployer.ts";
import { aContainer, anAttempt, unfinished } from "../testing/records.ts";
import { events, run } from "../testing/run.ts";

const running = {
  deployment: "d7",
  kind: "deploy",
  tag: "v2",
  since: "2026-05-01T09:58:00Z",
  step: { id: "approval-1", kind: "approval", target: "50 %" },
  paused: null,
  waitsForApproval: false,
  isAborted: false,
} as const;

describe("sluice status", () => {
  const status = aStatus({
    doors: [
      { service: "web", state: "outdated", reason: "port 81 is new", stable: "blue", shares: { blue: 95, green: 5 } },
    ],
    base: [{ service: "db", state: "current", containers: [aContainer({ service: "db" })] }],
    findings: [
      { severity: "warn", code: "second-copy", message: "shop-web-1 was started by plain Compose", hint: "deploy" },
    ],
    unfinished,
    lock: { pid: 7, host: "runner", actor: "eve", reason: "hotfix", release: "v3", since: "2026-05-01T09:59:30Z" },
    last: anAttempt(),
  });

  it("says what serves, where, and what a person has to type", async () => {
    const { stdout } = await run(["status"], { deployer: fakeDeployer({ status: async () => status }) });
    expect(stdout).toBe(`shop  v1 serves (blue, 100 %)
last: deploy v2 live, 57m ago, by ada (release v2)

slots
  slot   release  state   containers
  blue   v1       active  -
  green  -        empty   -

doors
  service  state     blue  green
  web      outdated  95 %  5 %    port 81 is new

base
  service  state    containers
  db       current  1 running (healthy)

findings
  warn shop-web-1 was started by plain Compose [second-copy]; deploy

deployment d7 (v2) of 2m ago has no end: type \`sluice resume\` to finish it or \`sluice abort\` to undo it

locked by eve (pid 7 on runner) since 30s ago: v3, hotfix
`);
  });

  it("calls a slot what it is to the deployment", async () => {
    const { slots } = aStatus();
    const [blue, green] = slots.map((slot) => ({ ...slot, containers: [aContainer({ service: "web" })], tag: "v1" }));
    const shown = async (...found: StackStatus["slots"]) =>
      (await run(["status"], { deployer: fakeDeployer({ status: async () => aStatus({ slots: found }) }) })).stdout;
    if (!blue || !green) throw new Error("two slots");
    expect(await shown(blue, { ...green, candidate: true })).toMatch(/green +v1 +candidate/);
    expect(await shown(blue, { ...green, warm: true })).toMatch(/green +v1 +warm/);
  });

  it.each([
    ["down", "web", "v1 should serve (blue, 100 %), and nothing of web runs"],
    ["down", undefined, "v1 should serve (blue, 100 %), and nothing of it runs"],
    ["unreached", "web", "v1 should serve (blue, 100 %), and nobody reaches web"],
  ] as const)(
    "does not say that a release serves of which users get nothing: %s %s",
    async (unserved, service, headline) => {
      const about = { severity: "error", code: "service-short", message: "it is down", unserved } as const;
      const findings = [{ ...about, ...(service ? { service } : {}) }];
      const { exitCode, stdout } = await run(["status"], {
        deployer: fakeDeployer({ status: async () => aStatus({ findings }) }),
      });
      expect(stdout.split("\n", 1)).toEqual([`shop  ${headline}`]);
      expect(exitCode).toBe(0);
    },
  );

  it.each([
    [{}, "deploy v2 began 2m ago, now at approval 50 %"],
    [{ waitsForApproval: true }, "approval 50 %: type `sluice traffic approve` or `sluice traffic abort`"],
    [
      { paused: { actor: "mira", reason: "lunch", byVerdict: false } },
      "; paused by mira: lunch: type `sluice traffic resume` or `sluice traffic abort`",
    ],
    [{ isAborted: true, step: null }, "deploy v2 began 2m ago: it was told to abort"],
  ])("says of a deployment that runs what it does, and whom it waits for: %j", async (over, expected) => {
    const underWay = { ...running, ...over };
    const { stdout } = await run(["status"], { deployer: fakeDeployer({ status: async () => aStatus({ underWay }) }) });
    expect(stdout).toContain(`${expected}\n`);
  });

  it.each([
    [{ canAbort: false }, "has no end, and its release is promoted: type `sluice resume` to finish it"],
    [
      { canAbort: false, canResume: false },
      "has no end, and users reach its release, which was not stored: deploy a release, or type `sluice rollback`",
    ],
    [{ canResume: false }, "has no end, and its release was not stored: type `sluice abort` to undo it"],
    [
      { canAbort: false, hint: "sluice resume finishes it; sluice rollback then makes the version before anew" },
      "has no end, and what was before it does not run: sluice resume finishes it; sluice rollback then makes",
    ],
  ])("proposes only what is possible: %j", async (over, expected) => {
    const view = aStatus({ unfinished: { ...unfinished, ...over } });
    const { stdout } = await run(["status"], { deployer: fakeDeployer({ status: async () => view }) });
    expect(stdout).toContain(expected);
  });

  it("prints the same as one object with --json", async () => {
    const { stdout } = await run(["status", "--json"], { deployer: fakeDeployer({ status: async () => status }) });
    expect(events(stdout)).toEqual([{ v: 1, ...JSON.parse(JSON.stringify(status)) }]);
  });

  it("--watch looks again as soon as a deployment tells something, and says only what changed", async () => {
    const interruption = new AbortController();
    const shares = [0, 5, 5, 50];
    const deployer = fakeDeployer({
      status: async () => aStatus({ serving: { ...v1, share: shares.shift() ?? 100 } }),
      async *news() {
        if (shares.length > 0) yield;
      },
    });
    const ran = await run(["status", "--watch", "--json"], {
      deployer,
      signal: interruption.signal,
      sleep: async (ms, signal) => {
        // Only who waits in vain for news waits that long.
        if (ms < 1_000) return;
        const aborted = new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
        if (shares.length === 0) interruption.abort();
        await aborted;
      },
    });
    const seen = events(ran.stdout).map((line) => (line as { serving?: { share: number } }).serving?.share);
    expect([ran.exitCode, seen]).toEqual([130, [0, 5, 50, undefined]]);
  });

  it("--watch looks again now and then where no deployment runs, until it is interrupted, and then exits 130", async () => {
    const interruption = new AbortController();
    let looks = 0;
    const ran = await run(["status", "--watch", "--json"], {
      deployer: fakeDeployer({ status: async () => aStatus({ stack: `shop${looks}` }) }),
      signal: interruption.signal,
      sleep: async () => {
        looks++;
        if (looks < 3) return;
        interruption.abort();
        throw interruption.signal.reason;
      },
    });
    const seen = events(ran.stdout).map(({ stack, code }) => stack ?? code);
    expect([ran.exitCode, seen, ran.stderr]).toEqual([130, ["shop0", "shop1", "shop2", "INTERRUPTED"], ""]);
  });
});

describe("sluice ps", () => {
  it("lists containers with their place, and marks those that serve", async () => {
    const deployer = fakeDeployer({
      ps: async () => [
        { ...aContainer(), place: "green", live: true },
        {
          ...aContainer({ name: "shop-blue-web-1", state: "exited", exitCode: 137, oomKilled: true }),
          place: "blue",
          live: false,
        },
      ],
    });
    const { stdout } = await run(["ps"], { deployer });
    expect(stdout).toBe(`name              service  place    state                   started  restarts
shop-green-web-1  web      green *  running (healthy)       3m ago   0
shop-blue-web-1   web      blue     exited (out of memory)  3m ago   0
* serves now
`);
  });
});

describe("sluice logs", () => {
  const lines: LogLine[] = [
    { service: "web", container: "web-1", place: "green", stream: "stdout", text: "hello" },
    { service: "worker", container: "worker-1", place: "green", stream: "stderr", text: "oh" },
  ];
  const logging = () =>
    fakeDeployer({
      async *logs() {
        yield* lines;
      },
    });

  it("writes each line behind the name of its container", async () => {
    const { stdout } = await run(["logs"], { deployer: logging() });
    expect(stdout).toBe("web-1 | hello\nworker-1 | oh\n");
  });

  it("takes -f for follow, and --file for the compose file, as Compose does", async () => {
    const { deployer } = await run(["-f", "a.yaml", "logs", "-f", "-n", "10", "--since", "5m", "web", "worker"], {
      deployer: logging(),
    });
    const [, services, options] = deployer.calls.find(([name]) => name === "logs") ?? [];
    expect(services).toEqual(["web", "worker"]);
    expect(options).toMatchObject({ follow: true, tail: 10, since: "5m" });
    expect(deployer.options?.files).toEqual(["/srv/Shop/a.yaml"]);
  });

  it("prints what is kept of a deployment, for which no project is needed", async () => {
    const deployer = logging();
    const ran = await run(["logs", "--deployment", "d7", "--tail", "5", "web"], { deployer });
    expect(ran.stdout).toBe("web-1 | hello\nworker-1 | oh\n");
    expect(deployer.calls).toContainEqual(["logs", ["web"], expect.objectContaining({ deployment: "d7", tail: 5 })]);
    expect(deployer.calls.map(([name]) => name)).not.toContain("standIn");
    for (const more of [["-f"], ["--since", "1h"], ["--slot", "blue"]]) {
      expect((await run(["logs", "--deployment", "d7", ...more], { deployer: logging() })).exitCode).toBe(2);
    }
  });

  it("takes moments and the last deployment, and no text that is no time", async () => {
    for (const since of ["deploy", "2026-05-01", "2026-05-01T09:00Z"]) {
      expect((await run(["logs", "--since", since], { deployer: logging() })).exitCode).toBe(0);
    }
    for (const since of ["1d", "14:00", "yesterday", "10min", "5"]) {
      const ran = await run(["logs", "--since", since], { deployer: logging() });
      expect([ran.exitCode, ran.stdout]).toEqual([2, ""]);
      expect(ran.stderr).toMatch(/--since .* is no time[^]*24h[^]*2026-11-30T09:00[^]*deploy/);
    }
  });

  it.each([
    ["logs", "-f"],
    ["logs", "--tail", "2"],
    ["status", "--watch"],
  ])("%s %s, cut short by a signal, exits 130, also where what it follows ends by itself then", async (...argv) => {
    const interruption = new AbortController();
    const stop = () => interruption.abort(new Error("interrupted by SIGTERM"));
    const deployer = fakeDeployer({
      async *logs() {
        yield* lines;
        stop();
      },
      status: async () => {
        stop();
        return aStatus();
      },
    });
    const { signal } = interruption;
    const ran = await run(argv, { deployer, signal });
    expect([ran.exitCode, ran.stderr]).toEqual([130, ""]);
    const told = await run([...argv, "--json"], { deployer, signal });
    expect(events(told.stdout).at(-1)).toMatchObject({ code: "INTERRUPTED", message: "interrupted by SIGTERM" });
  });

  it("says when another slot serves, whose lines follow", async () => {
    const moving = () =>
      fakeDeployer({
        async *logs(_services, options) {
          options?.onMove?.({ slot: "green", tag: "v2" });
          yield* lines;
        },
      });
    const ran = await run(["logs", "-f"], { deployer: moving() });
    expect([ran.stdout, ran.stderr]).toEqual([
      "web-1 | hello\nworker-1 | oh\n",
      "v2 serves now (green): its lines follow\n",
    ]);
    const told = await run(["logs", "-f", "--json"], { deployer: moving() });
    expect(events(told.stdout)[0]).toEqual({ v: 1, live: { slot: "green", tag: "v2" } });
  });

  it("ends quietly when nobody reads any more", async () => {
    const outputClosed = AbortSignal.abort(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    const ran = await run(["logs", "-f"], { deployer: logging(), outputClosed });
    expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
  });
});

describe("where what is checked out cannot be resolved", () => {
  const position = { file: "compose.yaml", line: 3, column: 5 };
  const message = "DB is missing; what is stored of v1, which was made live last, is used in its place";
  const hint = "set DB, or sluice history";
  const finding = { severity: "warn", code: "stored-project", message, hint, position } as const;
  const standIn = { release: "r1", tag: "v1", finding };
  const standingIn = () =>
    fakeDeployer({
      standIn: async () => standIn,
      ps: async () => [],
      traffic: async () => [],
      async *logs() {
        yield { service: "web", container: "web-1", place: "green", stream: "stdout", text: "hello" } as const;
      },
    });

  it.each([["ps"], ["logs"], ["traffic"]])("sluice %s says so once, beside what it shows", async (command) => {
    const ran = await run(["-p", "shop", command], { deployer: standingIn() });
    const told = `warn compose.yaml:3:5: ${message} [stored-project]; set DB, or sluice -p shop history\n`;
    expect([ran.exitCode, ran.stderr]).toEqual([0, told]);
    expect(ran.stdout).not.toContain("stored-project");
    const json = await run([command, "--json"], { deployer: standingIn() });
    expect(json.stderr).toBe("");
    expect(events(json.stdout)[0]).toMatchObject({ standIn });
  });

  it("programs are told that it can be", async () => {
    const deployer = fakeDeployer({ ps: async () => [] });
    expect(events((await run(["ps", "--json"], { deployer })).stdout)).toMatchObject([
      { containers: [], standIn: null },
    ]);
  });
});

describe("sluice verify", () => {
  const verdict = (result: Verdict["result"]): Verdict => ({
    check: `${result}ing`,
    result,
    value: "503",
    limit: "200",
    n: 2,
    detail: "body",
  });

  it("exits 20 when a check fails, and shows why", async () => {
    const deployer = fakeDeployer({ verify: async () => [verdict("pass"), verdict("fail")] });
    const { exitCode, stdout } = await run(["verify"], { deployer });
    expect(exitCode).toBe(20);
    expect(stdout).toContain("failing  fail    503    200    2");
    expect(stdout).toContain("\nfailing:\nbody\n");
  });

  it("shows a runner no command that the application wrote", async () => {
    const written = "a\r::add-mask::b\n  ::stop-commands::c ##[error]d";
    const failed = { ...verdict("fail"), value: "x\r::e", detail: written };
    const env = { GITHUB_ACTIONS: "true" };
    const ran = await run(["verify"], { deployer: fakeDeployer({ verify: async () => [failed] }), env });
    expect(ran.stdout).toContain("failing:\na\n: :add-mask::b\n  : :stop-commands::c ## [error]d\n");
    expect(ran.stdout.split(/[\r\n]+/).filter((line) => /^\s*::/.test(line))).toEqual([]);
    const error = new SluiceError("STATE_UNCLEAR", "nothing", { detail: written, hint: "a\n::b" });
    const refused = await run(["verify"], { deployer: fakeDeployer({ verify: () => Promise.reject(error) }), env });
    expect(refused.stderr.split(/[\r\n]+/).filter((line) => /^\s*::/.test(line))).toEqual([]);
    expect(refused.stderr).toContain("  | a\n: :add-mask::b\n");
  });

  it("exits 0 when all pass", async () => {
    const deployer = fakeDeployer({ verify: async () => [verdict("pass")] });
    const { exitCode, stdout } = await run(["verify", "--json"], { deployer });
    expect([exitCode, events(stdout)]).toMatchObject([0, [{ ok: true }]]);
  });

  it("says beside the verdicts who could not be told of them", async () => {
    const deployer = fakeDeployer({
      async verify(_signal, { onFinding } = {}) {
        onFinding?.({
          severity: "warn",
          code: "not-notified",
          message: "team could not be told",
          hint: "sluice outbox flush",
        });
        return [verdict("fail")];
      },
    });
    const ran = await run(["-p", "shop", "verify", "--json"], { deployer });
    expect(ran.stderr).toBe("warn team could not be told [not-notified]; sluice -p shop outbox flush\n");
    expect(events(ran.stdout)).toMatchObject([{ ok: false }]);
  });

  it.each([true, false])("says whether a person sees it: %s", async (isInteractive) => {
    const ran = await run(["verify"], { deployer: fakeDeployer({ verify: async () => [] }), isInteractive });
    expect(ran.deployer.options).toMatchObject({ isAttended: isInteractive });
  });
});

describe("sluice traffic", () => {
  it("shows shares and counters by slot", async () => {
    const seen = {
      requests: 10,
      http2xx: 8,
      http3xx: 0,
      http4xx: 1,
      http5xx: 1,
      connectErrors: 2,
      responseErrors: 1,
      retries: 0,
      redispatches: 0,
      active: 4,
      serversUp: 1,
      serversTotal: 2,
    };
    const deployer = fakeDeployer({
      traffic: async () => [
        { service: "web", stable: "blue", shares: { blue: 95, green: 5 }, slots: { blue: seen, green: seen } },
      ],
    });
    const { stdout } = await run(["traffic"], { deployer });
    expect(stdout).toContain("web      blue (stable)  95 %   10        8    0    1    1    3       4       1/2");
  });
});

describe("sluice history and audit", () => {
  const open = anAttempt({ end: null, start: { ...anAttempt().start, deployment: "d2", seq: 4 }, outcomes: [] });
  const recording = () => fakeDeployer({ history: async () => [anAttempt(), open] });

  it("says which releases were built with uncommitted changes", async () => {
    const bundle = aBundle("r1", { tag: "v1", commit: "c0ffee" });
    const deployer = fakeDeployer({ releases: async () => [{ ...bundle, dirty: true }, bundle] });
    const { stdout } = await run(["history"], { deployer });
    expect(stdout.match(/c0ffee .*/g)).toEqual([
      expect.stringMatching(/with uncommitted changes$/),
      expect.not.stringMatching(/changes/),
    ]);
    const json = await run(["history", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ releases: [{ dirty: true }, {}] });
  });

  it("lists deployments, the newest first", async () => {
    const { stdout } = await run(["history"], { deployer: recording() });
    expect(stdout.split("\n").slice(2, 4)).toEqual([
      "  2026-05-01T09:01:00.000Z  d2          deploy v2  no end   -      ada  release v2; consented to breaking migration",
      "  2026-05-01T09:01:00.000Z  d1          deploy v2  live     1m20s  ada  release v2; consented to breaking migration",
    ]);
    expect((await run(["history", "-n", "1"], { deployer: recording() })).stdout).not.toContain("d1 ");
  });

  it("says how to read the logs of those that have some", async () => {
    const deployer = fakeDeployer({
      history: async () => [anAttempt(), open],
      keptLogs: async () => [
        { deployment: "d1", services: ["build", "web"] },
        { deployment: "d0", services: ["web"] },
      ],
    });
    const command = "sluice -p shop logs --deployment d1 build web";
    const { stdout } = await run(["-p", "shop", "history"], { deployer });
    expect(stdout).toContain(`\nlogs\n  ${command}\n`);
    const { stdout: one } = await run(["-p", "shop", "history", "d1"], { deployer });
    expect(one).toMatch(new RegExp(`^logs +${command}$`, "m"));
    const json = await run(["history", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ deployments: [{ logs: [] }, { logs: ["build", "web"] }] });
  });

  const changed = (modelChanges: AttemptRecord["start"]["modelChanges"]) =>
    fakeDeployer({
      history: async () => [anAttempt({ start: { ...anAttempt().start, modelChanges } })],
    });
  const path = "services.web.environment.TOKEN";
  const changes = {
    listed: [
      { path: "services.web.image", change: "changed", before: "shop:1", after: "shop:2" },
      { path, change: "added", after: "hmac:0123456789abcdef" },
    ],
    omitted: 3,
  } as const;

  it("shows one deployment, with what it changed in the compose model", async () => {
    const { stdout } = await run(["history", "d1"], { deployer: changed(changes) });
    expect(stdout).toBe(`d1: deploy v2
begun     2026-05-01T09:01:00.000Z
by        ada
why       release v2
consents  breaking migration
outcome   live after 1m20s

compose model
  ~  services.web.image              shop:1 -> shop:2
  +  services.web.environment.TOKEN  hmac:0123456789abcdef
  and 3 more

steps
  step    result  took
  verify  done    10ms
`);
  });

  it.each([
    [undefined, "not recorded"],
    [null, "not compared"],
    [{ listed: [], omitted: 0 }, "unchanged"],
  ] as const)("says of a deployment whose changes are %j that they are %s", async (given, text) => {
    expect((await run(["history", "d1"], { deployer: changed(given) })).stdout).toContain(`compose model\n  ${text}`);
  });

  it("shows one deployment as an object with --json, and knows no other", async () => {
    const { stdout } = await run(["history", "d1", "--json"], { deployer: changed(changes) });
    expect(events(stdout)).toMatchObject([{ deployment: "d1", modelChanges: changes, steps: [{ step: "verify" }] }]);
    expect(await run(["history", "d9"], { deployer: changed(changes) })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("there is no deployment d9"),
    });
  });

  it("tells in the audit what came by no pull request apart from what was not asked for", async () => {
    const record = {
      v: 1,
      seq: 4,
      at: "2026-05-01T10:00:00Z",
      previous: "",
      hash: "h",
      type: "approvals",
      deployment: "d1",
    } as const;
    const told = { ...record, environment: [], pulls: [], direct: ["a", "b"], unasked: 1 };
    const { stdout } = await run(["audit", "show"], { deployer: fakeDeployer({ approvals: async () => [told] }) });
    expect(stdout).toContain(
      "reviews: 2 commits came by no pull request; 1 commit not asked for, as there were too many",
    );
    const bare = { ...told, direct: [], unasked: 0, incomparable: "c0ffee00" };
    const other = await run(["audit", "show"], { deployer: fakeDeployer({ approvals: async () => [bare] }) });
    expect(other.stdout).toContain("reviews: GitHub could not compare it with c0ffee0, which served");
  });

  it("counts in the audit what a deployment changed", async () => {
    const { stdout } = await run(["audit", "show"], { deployer: changed(changes) });
    expect(stdout).toContain("breaking migration, 5 changes to the compose model");
  });

  it("shows who did what, with consents, in the order of the record", async () => {
    const { stdout } = await run(["audit", "show"], { deployer: recording() });
    expect(stdout).toContain(
      "1       2026-05-01T09:01:00.000Z  ada  d1          begins deploy v2: release v2, consented to breaking migration",
    );
    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual(["record", "1", "2", "3", "4", ""]);
  });

  it("shows what was done to the state itself, in its place", async () => {
    const common = { v: 1, previous: "", hash: "h", actor: "mira", at: "2026-05-01T09:00:00.000Z" } as const;
    const deployer = fakeDeployer({
      history: async () => [open],
      stateChanges: async () => [
        { ...common, seq: 1, type: "state-rebuilt", reason: "disk died", previousHome: "h1" },
        { ...common, seq: 9, type: "state-imported", reason: "new machine", from: "h2" },
      ],
    });
    const { stdout } = await run(["audit", "show"], { deployer });
    expect(stdout.split("\n").map((line) => line.replace(/^(\d*) .*  /, "$1 "))).toMatchObject({
      1: "1 the state was rebuilt: the record before it is lost, with home h1: disk died",
      2: expect.stringMatching(/^4 begins deploy v2/),
      3: "9 the state was imported from home h2: new machine",
    });
  });

  it("shows what was announced, and by whom", async () => {
    const plan = { v: 1, seq: 1, previous: "", hash: "h", actor: "mira", at: "2026-05-01T09:00:00.000Z" } as const;
    const announced = { type: "deployment-planned", tag: "v2", plannedFor: "2026-05-04T07:00:00.000Z" } as const;
    const deployer = fakeDeployer({
      announcements: async () => [{ ...plan, ...announced, reason: "release v2", consents: ["window: agreed"] }],
    });
    const { stdout } = await run(["audit", "show"], { deployer });
    expect(stdout).toMatch(
      /mira +- +announces v2 for 2026-05-04T07:00:00\.000Z: release v2, consented to window: agreed/,
    );
  });

  it("shows what was removed by hand, and by whom", async () => {
    const common = { v: 1, previous: "", hash: "h", actor: "mira", at: "2026-05-01T09:00:00.000Z" } as const;
    const origin = { host: "server-1" };
    const deployer = fakeDeployer({
      upkeep: async () => [
        { ...common, seq: 1, type: "releases-pruned", releases: ["r1", "r2"], origin },
        { ...common, seq: 2, type: "outbox-dropped", channel: "team", notifications: ["d1.live"], origin },
      ],
    });
    const { stdout } = await run(["audit", "show"], { deployer });
    expect(stdout).toMatch(/mira +- +removes releases by prune: r1, r2/);
    expect(stdout).toMatch(/mira +- +drops what team was to be told: d1\.live/);
  });

  it("exits 30 when the chain is broken", async () => {
    const problem = { seq: 2, line: 2, kind: "edited", message: "record 2 was changed" } as const;
    const broken = fakeDeployer({ audit: async () => ({ ok: false, records: 3, problems: [problem] }) });
    const ran = await run(["audit", "verify"], { deployer: broken });
    expect(ran.exitCode).toBe(30);
    expect(ran.stdout).toContain("record 2 was changed");
    const whole = fakeDeployer({ audit: async () => ({ ok: true, records: 3, problems: [] }) });
    expect((await run(["audit", "verify"], { deployer: whole })).exitCode).toBe(0);
  });
});

describe("an error of a command", () => {
  const failing = () =>
    fakeDeployer({
      ps: async () => Promise.reject(new SluiceError("ENGINE_UNREACHABLE", "no engine", { hint: "start it" })),
    });

  it("goes to the standard error with its code and hint", async () => {
    const ran = await run(["ps"], { deployer: failing() });
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([
      10,
      "",
      "error ENGINE_UNREACHABLE: no engine\n  hint: start it\n",
    ]);
  });

  it("is an object with --json", async () => {
    const ran = await run(["ps", "--json"], { deployer: failing() });
    expect([events(ran.stdout), ran.stderr]).toMatchObject([[{ type: "error", code: "ENGINE_UNREACHABLE" }], ""]);
  });
});
