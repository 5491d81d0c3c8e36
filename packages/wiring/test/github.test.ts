import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, createRedactor, type SluiceEvent } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { bundleOf, deploy, recoverUnfinished, rollback } from "@sluice/engine";
import { aConfig, aRequest, createFakeWorld } from "@sluice/testing";
import { type FakeGithub, githubFaults, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubChannel } from "../src/github/github-channel.ts";
import { openGithub } from "../src/github/open-github.ts";
import { createProgress } from "../src/github/progress.ts";
import { shownAtStart } from "../src/github/shown.ts";
import { createLastWord } from "../src/notify/last-word.ts";
import { type NotifyParts, notifierOf, withNotifications } from "../src/notify/with-notifications.ts";
import { someFacts } from "./support/facts.ts";
import { until } from "./support/until.ts";

let directory = "";
let server: FakeGithub;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-github-"));
  server = await startFakeGithub();
  for (const tag of ["v1", "v2", "v3"]) server.commit(aRequest(tag).commit ?? "", ["main", tag]);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  server.assertDescribed();
});

const clock: Clock = { ...systemClock, now: () => new Date(Date.UTC(2026, 0, 1, 0, 20)) };
const link = "https://github.com/acme/shop/actions/runs/7";
const never = new AbortController().signal;

/** A real engine in a world in memory, the real way to a GitHub that stands in for the real one. */
function aStack(signal = never) {
  const world = createFakeWorld();
  const config = aConfig({ notify: { timeout: "3s" }, github: { url: "https://shop.example.com" } });
  const events: SluiceEvent[] = [];
  const lastWord = createLastWord((event) => events.push(event));
  const hooks: { begun?: () => Promise<void> } = {};
  const request = someFacts(config);
  /** Each run is a process of its own: it knows nothing of what the others did on GitHub. */
  const partsOf = () => {
    const env = { GITHUB_TOKEN: server.token, GITHUB_REPOSITORY: server.repository, GITHUB_API_URL: server.url };
    const opened = openGithub(config, { env, environment: undefined, clock: systemClock });
    if (!opened?.reporter) throw new Error("GitHub is off");
    const { github, reporter, place } = opened;
    const made = world.ports();
    // The clock of the world jumps over what it waits for: nobody may wait inside of a step.
    let isBegun = false;
    const journal: typeof made.journal = {
      ...made.journal,
      async append(entry) {
        if (entry.type === "step-intent" && !isBegun) {
          isBegun = true;
          await hooks.begun?.();
        }
        return made.journal.append(entry);
      },
    };
    const ports = { ...made, journal, onEvent: lastWord.sink };
    const commitOf = async (id: string | null) =>
      (await ports.bundles.list()).find((bundle) => bundle.id === id)?.commit ?? undefined;
    const parts: NotifyParts = {
      stack: "shop",
      config,
      opened: { channels: [githubChannel(github.host, reporter, place)], secrets: [], problems: [] },
      outboxDir: join(directory, "outbox"),
      journal: ports.journal,
      clock,
      redact: createRedactor(["hunter22"]),
      lastWord,
      link,
      commitOf: (attempt) => commitOf(bundleOf(attempt)),
    };
    const progress = createProgress(clock, reporter, async (start) =>
      shownAtStart(start, { stack: "shop", commit: await commitOf(start.release), link }, place),
    );
    return { ports, parts, progress };
  };
  const run = <T>(release: string, work: (ports: ReturnType<typeof world.ports>) => Promise<T>) => {
    const { ports, parts, progress } = partsOf();
    return withNotifications(parts, { actor: "ada", reason: "a test", release }, signal, async () => {
      lastWord.watch(progress.onEvent);
      try {
        return await work(ports);
      } finally {
        await progress.settled();
      }
    });
  };
  return {
    world,
    events,
    hooks,
    deploy: (tag: string, commit = aRequest(tag).commit) =>
      run(tag, (ports) => deploy({ ...request, release: { ...aRequest(tag), commit } }, ports, signal)),
    rollback: () => run("", (ports) => rollback(request, ports, never)),
    recover: (choice?: "undo") =>
      run("", (ports) => recoverUnfinished(request, request.project, ports, never, { choice })),
    flush: () => notifierOf(partsOf().parts).flush({ withinMs: 3_000 }),
  };
}

const shown = () => server.state.deployments.map(({ statuses }) => statuses.map(({ state }) => state));
const warnings = (events: readonly SluiceEvent[]) =>
  events.flatMap((event) => (event.type === "finding" && event.finding.code === "not-notified" ? [event.finding] : []));

describe("GitHub shows", () => {
  it("a deployment from beginning to end, with its commit, the run and where users find it", async () => {
    const stack = aStack();
    const seen: string[][] = [];
    stack.hooks.begun = async () => {
      await until(async () => shown()[0]?.length === 2);
      seen.push(...shown());
    };
    await stack.deploy("v1");
    expect(seen[0]).toEqual(["queued", "in_progress"]);
    expect(server.state.deployments).toMatchObject([
      { sha: aRequest("v1").commit, environment: "production", task: "deploy", production: true },
    ]);
    expect(server.state.deployments[0]?.statuses).toMatchObject([
      { state: "queued", logUrl: link },
      { state: "in_progress", environmentUrl: "https://shop.example.com" },
      { state: "success", description: expect.stringContaining("v1 is live"), logUrl: link },
    ]);
  });

  it("what failed and why, what took its place, and the way back", async () => {
    const stack = aStack();
    await stack.deploy("v1");
    stack.world.calls.fault = ({ name }) => (name.startsWith("slots.start") ? new Error("no memory") : undefined);
    await stack.deploy("v2");
    stack.world.restart();
    await stack.deploy("v3");
    await stack.rollback();
    expect(shown()).toEqual([
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "failure"],
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success"],
    ]);
    expect(server.state.deployments[1]?.statuses[2]?.description).toContain("no memory");
    expect(server.state.deployments[3]).toMatchObject({ task: "rollback", sha: aRequest("v1").commit });
  });

  it("a release that goes back to an earlier commit as a deployment of that commit, without a build", async () => {
    const stack = aStack();
    await stack.deploy("v1");
    await stack.deploy("v2");
    const builds = () => stack.world.calls.log.filter((name) => name.startsWith("images.build")).length;
    const before = builds();
    const { commit } = aRequest("v1");
    expect(await stack.deploy("v1-rollback.1", commit)).toMatchObject({ outcome: "live" });
    expect(builds()).toBe(before);
    expect(server.state.deployments.at(-1)).toMatchObject({ sha: commit });
    expect(shown().at(-1)).toEqual(["queued", "in_progress", "success"]);
  });

  it("nothing of a deployment that had nothing to do", async () => {
    const stack = aStack();
    await stack.deploy("v1");
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    expect(shown()).toHaveLength(1);
  });

  it("an attempt that was killed as an error, once the next run has undone it", async () => {
    const stack = aStack();
    await stack.deploy("v1");
    stack.world.calls.fault = ({ name }) => (name.startsWith("prober.probe") ? "crash" : undefined);
    await stack.deploy("v2").catch(() => undefined);
    stack.world.restart();
    await stack.deploy("v3");
    // The run that was killed here lives on in this process, and told GitHub that it began.
    expect(shown()[1]?.at(-1)).toBe("error");
    expect(shown().at(-1)).toEqual(["queued", "in_progress", "success"]);
  });

  it("an attempt that is left after its cutover, and that it was undone", async () => {
    const controller = new AbortController();
    const stack = aStack(controller.signal);
    await stack.deploy("v1");
    stack.world.calls.fault = ({ name }) =>
      name === "journal.append step-intent drain-1" ? () => controller.abort(new Error("asked to stop")) : undefined;
    await stack.deploy("v2");
    stack.world.restart();
    await stack.recover("undo");
    const statuses = server.state.deployments[1]?.statuses ?? [];
    expect(statuses.slice(-2)).toMatchObject([
      { state: "error", description: expect.stringContaining("after cutover") },
      { state: "error", description: expect.stringContaining("undone") },
    ]);
  });

  it("no secret", async () => {
    const stack = aStack();
    stack.world.calls.fault = ({ name }) =>
      name.startsWith("slots.start") ? new Error("login with hunter22 failed") : undefined;
    await stack.deploy("v1");
    const sent = JSON.stringify(server.calls.map(({ body }) => body));
    expect(sent).toContain("login with [redacted] failed");
    expect(sent).not.toContain("hunter22");
  });
});

describe("GitHub that cannot be told", () => {
  it("as it is dead from the start, changes nothing, and is told all of it later, once", async () => {
    await server.goAway();
    const stack = aStack();
    const begin = performance.now();
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "live", exitCode: 0 });
    // `notify.timeout` and what a busy machine adds.
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(warnings(stack.events)).toMatchObject([
      { message: expect.stringMatching(/^GitHub \(127\.0\.0\.1:\d+\) could not be told/) },
    ]);
    expect(stack.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live" });
    expect(await stack.flush()).toMatchObject([{ channel: "GitHub", result: "waiting" }]);
    await server.comeBack();
    expect(await stack.flush()).toMatchObject([{ channel: "GitHub", result: "delivered" }]);
    expect(await stack.flush()).toEqual([]);
    expect(shown()).toEqual([["queued", "in_progress", "success"]]);
  });

  it("by a run that was killed while it told, is told by the next, once", async () => {
    // Its last words arrive, the answer does not, and then GitHub is broken.
    let isLost = false;
    server.fault = ({ body }) => {
      if (isLost) return githubFaults.broken();
      isLost = body["state"] === "success";
      return isLost ? "lost" : undefined;
    };
    const stack = aStack();
    await stack.deploy("v1");
    // As it stands on disk while an attempt is under way.
    const [name = ""] = await readdir(join(directory, "outbox"));
    const path = join(directory, "outbox", name);
    const entry = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...entry, state: "sending" }));
    server.fault = undefined;
    await stack.flush();
    await stack.flush();
    expect(shown()).toEqual([["queued", "in_progress", "success"]]);
    expect(await readFile(path, "utf8")).toContain('"state":"delivered"');
  });

  it("as it dies in the middle, is told the rest by the next run", async () => {
    const stack = aStack();
    await stack.deploy("v1");
    stack.hooks.begun = async () => {
      await until(async () => shown()[1]?.length === 2);
      await server.goAway();
      delete stack.hooks.begun;
    };
    expect(await stack.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(shown()[1]).toEqual(["queued", "in_progress"]);
    await server.comeBack();
    await stack.deploy("v3");
    expect(shown()).toEqual([
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success", "inactive"],
      ["queued", "in_progress", "success"],
    ]);
  });

  it.each([
    ["may not be told", githubFaults.forbidden()],
    ["asks for patience", githubFaults.secondaryLimit(3_600)],
    ["is broken", githubFaults.broken()],
    ["never answers", "hang"],
  ] as const)("as it %s, fails no deployment", async (_, fault) => {
    server.fault = () => fault;
    const stack = aStack();
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(warnings(stack.events)).toHaveLength(1);
    expect(JSON.stringify(stack.events)).not.toContain(server.token);
  });
});
