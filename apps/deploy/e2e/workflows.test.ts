import type { JobCall, RanStep } from "@sluice/testing/workflows";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listening, openProject, type Project, patience } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";
import { openRunner, type Runner } from "./runner.ts";

const config = `checks: [{ service: web, http: { path: / } }]
traffic: { drain: { timeout: 2s } }
rollout: { steps: [{ share: 50, for: 5s }, 100], bake: 0s }
windows: { freezes: [{ from: 2020-01-01, until: 2099-12-31, reason: only production may be deployed to }] }
environments: { production: { windows: { freezes: [] } } }
`;

const compose = (version: string) => `services:
  web:
    image: sluice-test/node:24
    command: ["node", "/srv/echo.mjs", "${version}"]
    volumes: ["./echo.mjs:/srv/echo.mjs:ro"]
    ports: ["127.0.0.1:\${SHOP_PORT}:3000"]
    init: true
    ${listening(3000)}
`;

const echo = `import { createServer } from "node:http";
createServer((request, response) => response.setHeader("x-version", process.argv[2]).end()).listen(3000);
`;

/** What was said where it did not go well: a test that fails shows it. */
function storyOf(status: string, steps: readonly RanStep[]): string {
  return status === "success" ? "" : steps.map(({ name, output }) => `== ${name}\n${output}`).join("\n");
}

// One after the other: each scenario begins where the one before it ended.
describe("the workflows that init writes, on a runner", () => {
  let project: Project;
  let runner: Runner;
  const url = () => `http://127.0.0.1:${project.port}/`;
  beforeAll(async () => {
    project = await openProject(config);
    await project.release("v1", { "echo.mjs": echo, "docker-compose.yml": compose("v1") });
    runner = await openRunner(project);
  }, patience.timeout);
  afterAll(() => project?.[Symbol.asyncDispose](), patience.timeout);

  /** A release is published: what the runner then does. */
  const publish = (tag: string, over: Partial<JobCall> = {}) => {
    const payload = { action: "released", release: { tag_name: tag, draft: false, prerelease: false } };
    return runner.run("deploy", { job: "deploy", event: { name: "release", payload }, ...over });
  };

  it("deploy a published release, with outputs, a summary and a report", patience, async () => {
    const { status, steps } = await publish("v1");
    expect({ status, output: storyOf(status, steps) }).toEqual({ status: "success", output: "" });
    expect(steps.map(({ name }) => name)).toEqual(["Deploy", "What serves now", "Report"]);
    expect(steps[0]?.outputs).toMatchObject({
      outcome: "live",
      serving: "v1",
      slot: "blue",
      previous: "",
      "exit-reason": "live",
      report: expect.stringMatching(/sluice-report-.*\.html$/),
    });
    expect(steps[0]?.summary).toContain("v1");
    expect(steps[1]?.output).toContain("v1");
    expect(await versionsSeen(url())).toEqual(["v1"]);
  });

  it.each([
    { tag: "v2", how: "in the times of GitHub", pace: 1 },
    { tag: "v3", how: "faster than anything can be undone", pace: 0.01 },
  ])("leave what can go on when they are cancelled $how, and lose no request", patience, async ({ tag, pace }) => {
    await project.release(tag, { "docker-compose.yml": compose(tag) });
    const load = startLoad(url());
    const cancelWhen = (output: string) => output.includes("::group::shift");
    const { status, steps } = await publish(tag, { cancelWhen, pace });
    const { failures } = await load.stop();
    expect(status).toBe("cancelled");
    expect(steps.map(({ name, outcome }) => [name, outcome]).slice(0, 3)).toEqual([
      ["Deploy", "cancelled"],
      ["Undo or finish what a run that was cut short left", "success"],
      ["What serves now", "success"],
    ]);
    expect(failures).toEqual([]);
    expect(await versionsSeen(url())).toEqual(["v1"]);
    const left = JSON.parse((await project.sluice(0, "status")).stdout) as object;
    expect(left).toMatchObject({ serving: { tag: "v1", share: 100 }, unfinished: null, lock: null });
  });

  it("use the settings of their environment, without which this stack is frozen", patience, async () => {
    const refused = await project.sluice(10, "deploy", "--release", "v3", "--retry");
    expect(refused.stdout).toContain("only production may be deployed to");
  });

  it("go back, and verify what serves", patience, async () => {
    await project.release("v4", { "docker-compose.yml": compose("v4") });
    const { steps } = await publish("v4");
    expect(steps[0]?.outputs).toMatchObject({ outcome: "live", serving: "v4", previous: "v1" });
    const inputs = { release: "", reason: "orders fail" };
    const back = await runner.run("rollback", {
      job: "rollback",
      event: { name: "workflow_dispatch", payload: { inputs } },
      inputs,
    });
    expect({ status: back.status, output: storyOf(back.status, back.steps) }).toEqual({
      status: "success",
      output: "",
    });
    expect(back.steps[0]?.outputs).toMatchObject({ outcome: "live", serving: "v1", previous: "v4" });
    expect(await versionsSeen(url())).toEqual(["v1"]);
    const verified = await runner.run("verify", {
      job: "verify",
      event: { name: "schedule", payload: { schedule: "*/30 * * * *" } },
    });
    expect({ status: verified.status, output: storyOf(verified.status, verified.steps) }).toEqual({
      status: "success",
      output: "",
    });
  });

  it("leave a record whose chain holds", patience, async () => {
    await project.sluice(0, "audit", "verify");
  });
});
