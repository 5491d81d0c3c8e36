import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runJob } from "@sluice/testing/workflows";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectWorkflows } from "../src/index.ts";
import { layouts } from "./layouts.ts";
import { aStaging, factsOf } from "./support/facts-of.ts";

/** Notes how it was called; a deployment goes on until it is killed, as one whose undoing hangs. */
const standIn = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const args = process.argv.slice(2);
const { readFileSync, statSync } = require("node:fs");
const at = args.indexOf("--env-file") + 1;
const envFile = at ? (statSync(args[at]).mode & 0o777).toString(8) + " " + readFileSync(args[at], "utf8") : undefined;
const note = (what) => appendFileSync(process.env.CALLS, JSON.stringify(what) + "\\n");
note({ args, stack: process.env.STACK_NAME, files: process.env.COMPOSE_FILE, token: process.env.GITHUB_TOKEN, environment: process.env.SLUICE_ENVIRONMENT, envFile, pid: process.pid, parent: process.ppid });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => note({ signal }));
if (args[0] === "deploy" && process.env.HANGS) {
  if (process.env.HANGS === "begun") appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\nunfinished=d1\\n");
  if (process.env.HANGS === "begun") appendFileSync(process.env.GITHUB_OUTPUT, "outcome=interrupted\\nserving=v5\\n");
  console.log("deploying");
  setInterval(() => {}, 1000);
} else if (args[0] === "deploy" && process.env.DIES) {
  if (process.env.DIES === "late") appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\nunfinished=d1\\n");
  process.kill(process.pid, "SIGKILL");
} else if (args[0] === "deploy" && process.env.FAILS === "refused") {
  appendFileSync(process.env.GITHUB_OUTPUT, "outcome=refused\\n");
  process.exitCode = 10;
} else if (args[0] === "deploy" && process.env.FAILS === "deploy") {
  appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\noutcome=rolled-back\\n");
  process.exitCode = 21;
} else if (args[0] === "deploy" && process.env.FAILS === "undecided") {
  appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\nunfinished=d1\\noutcome=needs-person\\n");
  process.exitCode = 30;
} else if (args[0] === "abort") {
  const { ENDS: outcome = "interrupted", BEFORE: serving = "v1" } = process.env;
  appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\noutcome=" + outcome + "\\nserving=" + serving + "\\n");
} else if (args[0] === "deploy") {
  appendFileSync(process.env.GITHUB_OUTPUT, "deployment=d1\\noutcome=live\\nserving=v1\\n");
} else if (args[0] === process.env.FAILS) process.exitCode = 20;
`;

const root = join(import.meta.dirname, "../../..");
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-run-"));
  await mkdir(join(directory, "bin"));
  await writeFile(join(directory, "bin/sluice"), standIn);
  await chmod(join(directory, "bin/sluice"), 0o755);
});
afterEach(() => rm(directory, { recursive: true }));

const files = projectWorkflows(factsOf(layouts["Traefik as a stack of its own"]));
const textOf = (name: string) => files.find(({ path }) => path.endsWith(`${name}-production.yml`))?.text ?? "";

async function running(name: string, job: string, more: Partial<Parameters<typeof runJob>[0]> = {}) {
  const calls = join(directory, "calls");
  await writeFile(calls, "");
  const ran = await runJob({
    workflow: textOf(name),
    job,
    checkout: directory,
    directory,
    event: { name: "release", payload: { action: "published", release: { tag_name: "v1" } } },
    secrets: { STACK_NAME_PRODUCTION: "shop", SECRET_KEY: "a b $c" },
    ...more,
    env: { ...more.env, PATH: `${join(directory, "bin")}${delimiter}${process.env["PATH"]}`, CALLS: calls },
  });
  const noted = (await readFile(calls, "utf8")).split("\n").filter((line) => line !== "");
  return { ...ran, calls: noted.map((line) => JSON.parse(line) as { args?: string[]; [key: string]: unknown }) };
}

describe("the steps of a deployment", () => {
  it("deploy, show what serves, and keep a report", async () => {
    const { status, calls } = await running("deploy", "deploy");
    expect(status).toBe("success");
    expect(calls.map(({ args }) => args?.slice(0, 1).join())).toEqual(["deploy", "status", "report"]);
    expect(calls[0]).toMatchObject({ stack: "shop", files: "docker-compose.yml", token: "token-of-the-run" });
    expect(calls[1]?.["token"]).toBeUndefined();
    expect(calls[0]?.["environment"]).toBeUndefined();
    expect(calls[2]?.args?.slice(0, 3)).toEqual(["report", "d1", "--output"]);
  });

  it("use the settings of their environment, all of them", async () => {
    const facts = factsOf(layouts["Traefik as a stack of its own"], { environment: aStaging });
    for (const { path, text } of projectWorkflows(facts)) {
      const { jobs } = parse(text) as { jobs: Record<string, object> };
      for (const job of Object.keys(jobs)) {
        const inputs = { release: "", reason: "slow" };
        const secrets = { STACK_NAME_STAGING: "shop-staging" };
        const { calls } = await running("deploy", job, { workflow: text, inputs, secrets });
        expect(calls.length, `${path} ${job}`).toBeGreaterThan(1);
        for (const call of calls) expect(call).toMatchObject({ environment: "staging", stack: "shop-staging" });
      }
    }
  });

  it("give signals to sluice itself, and undo what a killed one left", async () => {
    const { status, steps, calls } = await running("deploy", "deploy", {
      env: { HANGS: "begun" },
      cancelWhen: (output) => output.includes("deploying"),
      pace: 0.4,
    });
    expect(status).toBe("cancelled");
    expect(steps[0]).toMatchObject({ outcome: "cancelled", signal: "SIGKILL" });
    expect(calls.map(({ args, signal }) => signal ?? args?.[0])).toEqual([
      "deploy",
      "SIGINT",
      "SIGTERM",
      "abort",
      "status",
      "report",
    ]);
    expect(calls[0]?.["parent"]).toBe(process.pid);
    expect(calls.find(({ args }) => args?.[0] === "abort")).toMatchObject({
      args: ["abort", "--yes", "--or-finish", "--deployment", "d1"],
      token: "token-of-the-run",
    });
    expect(existsSync(`/proc/${String(calls[0]?.["pid"])}`)).toBe(false);
  });
});

describe("a run that is cancelled", () => {
  const cancelled = (env: Readonly<Record<string, string>>, workflow = textOf("deploy")) =>
    running("deploy", "deploy", {
      workflow,
      env,
      inputs: { "compose-file": "compose.yml", "runs-on": "[]", environment: "", wait: "1m" },
      cancelWhen: (output) => output.includes("deploying"),
      pace: 0.02,
    });
  const reusable = () => readFile(join(root, ".github/workflows/deploy-compose.yml"), "utf8");

  it("undoes nothing of others where it had not begun", async () => {
    for (const text of [textOf("deploy"), await reusable()]) {
      const { status, calls } = await cancelled({ HANGS: "waiting" }, text);
      expect(status).toBe("cancelled");
      expect(calls.flatMap(({ args }) => args?.[0] ?? [])).toEqual(["deploy", "status"]);
    }
  });

  it("tells jobs that come after what serves once it is undone, also where nothing does", async () => {
    for (const text of [textOf("deploy"), await reusable()]) {
      const { outputs } = await cancelled({ HANGS: "begun" }, text);
      expect(outputs).toMatchObject({ outcome: "interrupted", serving: "v1" });
      expect((await cancelled({ HANGS: "begun", BEFORE: "" }, text)).outputs).toMatchObject({ serving: "" });
    }
    expect((await running("deploy", "deploy")).outputs).toMatchObject({ outcome: "live", serving: "v1" });
  });
});

describe("a deployment that ends without being cancelled", () => {
  const verbs = async (env: Readonly<Record<string, string>>) => {
    const { status, calls } = await running("deploy", "deploy", { env });
    return [status, ...calls.map(({ args }) => args?.[0])];
  };

  it("is undone or finished where it was killed after it had begun, and the job tells how that ended", async () => {
    expect(await verbs({ DIES: "late" })).toEqual(["failure", "deploy", "abort", "status", "report"]);
    for (const outcome of ["interrupted", "live", "needs-person"]) {
      const { outputs } = await running("deploy", "deploy", { env: { DIES: "late", ENDS: outcome } });
      expect(outputs).toMatchObject({ outcome, serving: "v1" });
    }
  });

  it("is left alone where it never began, or came to its own end", async () => {
    expect(await verbs({ DIES: "early" })).toEqual(["failure", "deploy", "status"]);
    expect(await verbs({ FAILS: "deploy" })).toEqual(["failure", "deploy", "status", "report"]);
    expect(await verbs({ FAILS: "undecided" })).toEqual(["failure", "deploy", "status", "report"]);
  });

  it("keeps no report where it was refused: the newest is that of another deployment", async () => {
    expect(await verbs({ FAILS: "refused" })).toEqual(["failure", "deploy", "status"]);
  });
});

describe("the action of this repository", () => {
  it("runs a command with its arguments, each as it was written", async () => {
    const action = parse(await readFile(join(root, "action.yml"), "utf8")) as { runs: { steps: unknown[] } };
    // A composite action is a job's steps with inputs of its own.
    const workflow = JSON.stringify({ jobs: { action: { steps: action.runs.steps } } });
    const inputs = {
      command: "db backup",
      arguments: "--verify\n\n--reason=before $(touch x) `y` *",
      environment: "staging",
      "working-directory": ".",
      "github-token": "token-of-the-run",
    };
    const { status, calls } = await running("deploy", "action", { workflow, inputs });
    expect(status).toBe("success");
    expect(calls.map(({ args }) => args)).toEqual([["db", "backup", "--verify", "--reason=before $(touch x) `y` *"]]);
    expect(calls[0]).toMatchObject({ token: "token-of-the-run", environment: "staging" });
    const env = { GITHUB_TOKEN: "token-of-an-app", SLUICE_ENVIRONMENT: "production" };
    const own = await running("deploy", "action", { workflow, inputs, env });
    expect(own.calls[0]).toMatchObject({ token: "token-of-an-app", environment: "staging" });
    const step = await running("deploy", "action", { workflow, inputs: { ...inputs, environment: "" }, env });
    expect(step.calls[0]).toMatchObject({ environment: "production" });
  });
});

describe("the reusable workflow", () => {
  it("hands variables over in a file that nobody else may read, and takes it away", async () => {
    const workflow = await readFile(join(root, ".github/workflows/deploy-compose.yml"), "utf8");
    const inputs = { "compose-file": "compose.yml", "runs-on": "[]", environment: "staging", wait: "1m" };
    const secrets = { "stack-name": "shop", "env-file": "A='1 $x'\nB=2" };
    const { status, calls } = await running("deploy", "deploy", { workflow, inputs, secrets });
    expect(status).toBe("success");
    const [deploy, shown] = calls;
    expect(deploy).toMatchObject({ stack: "shop", files: "compose.yml", token: "token-of-the-run" });
    expect(deploy?.args?.slice(0, 4)).toEqual(["deploy", "--yes", "--wait=1m", "--env-file"]);
    expect(deploy?.["envFile"]).toBe("600 A='1 $x'\nB=2\n");
    expect(shown?.args?.[0]).toBe("status");
    expect(calls.map(({ environment }) => environment)).toEqual(["staging", "staging"]);
    await expect(readFile(deploy?.args?.[4] ?? "")).rejects.toThrow("ENOENT");
    const own = { ...secrets, "github-token": "token-of-an-app" };
    const [given] = (await running("deploy", "deploy", { workflow, inputs, secrets: own })).calls;
    expect(given?.["token"]).toBe("token-of-an-app");
  });

  it("leaves the project its own .env where there are no variables to hand over", async () => {
    const workflow = await readFile(join(root, ".github/workflows/deploy-compose.yml"), "utf8");
    const inputs = { "compose-file": "compose.yml", "runs-on": "[]", environment: "staging", wait: "1m" };
    const { status, calls } = await running("deploy", "deploy", {
      workflow,
      inputs,
      secrets: { "stack-name": "shop" },
    });
    expect(status).toBe("success");
    expect(calls.map(({ args }) => args)).toEqual([["deploy", "--yes", "--wait=1m"], ["status"]]);
  });
});

describe("the steps of the other workflows", () => {
  it("go back to the release that was typed, whatever was typed", async () => {
    const typed = { release: "v1; touch x", reason: '--yes "$(touch x)" `touch x`' };
    const { status, calls } = await running("rollback", "rollback", { inputs: typed });
    expect(status).toBe("success");
    const [first] = calls;
    expect(first?.args?.slice(-3)).toEqual([`--reason=${typed.reason}`, "--", typed.release]);
    const before = await running("rollback", "rollback", { inputs: { release: "", reason: "slow" } });
    expect(before.calls[0]?.args).toEqual(["rollback", "--yes", "--wait", "10m", "--reason=slow", "--"]);
  });

  it.each([
    ["backup", ["db", "db"]],
    ["drill", ["db", "audit"]],
  ])("take and try backups: %s", async (job, commands) => {
    const { status, calls } = await running("backup", job);
    expect(status).toBe("success");
    expect(calls.map(({ args }) => args?.[0])).toEqual(commands);
  });

  it("tell people when a check fails, without Node.js, and keep the address secret", async () => {
    await writeFile(join(directory, "bin/node"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
    const told: string[] = [];
    const server = createServer((request, answer) => {
      request.on("data", (chunk: Buffer) => told.push(`${request.url} ${chunk.toString()}`));
      request.on("end", () => answer.end("ok"));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    // A secret that was read from a file ends with the end of its line.
    const secrets = { SLUICE_ALERT_URL: `http://127.0.0.1:${port}/hook-of-the-team\n` };
    const { status, steps, calls } = await running("verify", "verify", { env: { FAILS: "verify" }, secrets });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(status).toBe("failure");
    expect(calls.map(({ args }) => args?.[0])).toEqual(["verify", "doctor"]);
    expect(told).toEqual([expect.stringMatching(/^\/hook-of-the-team \{"text":"Checks of production failed: https:/)]);
    expect(steps.map(({ output }) => output).join("")).not.toContain("hook-of-the-team");
    const untold = await running("verify", "verify", { env: { FAILS: "verify" } });
    expect(untold.steps.at(-1)?.outcome).toBe("success");
  });
});
