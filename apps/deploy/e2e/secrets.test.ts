import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startFakeGithub } from "@sluice/testing/github";
import { expect, it } from "vitest";
import { canaries, canariesBelow, canariesIn, watchCommandLines } from "./canary.ts";
import { openChat } from "./chat.ts";
import { startCli, startOnTerminal } from "./cli.ts";
import { openProject, type Project, patience } from "./harness.ts";

/** A command that shows what it has, and says whether the application answers. */
const tells =
  "console.log(JSON.stringify([process.env])); fetch('http://127.0.0.1:3000/').then(({ ok }) => process.exit(ok ? 0 : 1))";

const config = `checks:
  - name: who am i
    service: web
    onNoData: fail
    timeout: 3s
    sequence:
      - path: /whoami
        headers: { authorization: "Bearer \${env:SMOKE_TOKEN}" }
        expect: { status: 200, contains: welcome }
  - name: who am i, in one request
    service: web
    http: { path: /whoami, headers: { authorization: "Bearer \${env:SMOKE_TOKEN}" }, contains: "\${env:SMOKE_TOKEN}" }
  - name: answers
    service: web
    http: { path: /answers }
  - name: tells
    service: web
    command: { run: [node, -e, "${tells}"] }
traffic: { drain: { timeout: 2s } }
rollout: { steps: [100], bake: 0s }
github: { url: "https://shop.example.com", commitStatus: true, report: true, approvals: true }
notify: { timeout: 3s, channels: { team: { slack: { url: "\${CHAT_URL}" } } } }
`;

/** That it listens, whatever it answers. Without a health check each start is watched for 3 s. */
const listens =
  "require('node:net').connect(3000, '127.0.0.1').on('connect', () => process.exit()).on('error', () => process.exit(1))";

const compose = `services:
  web:
    build:
      context: .
      args: { API_KEY: "\${BUILD_KEY}" }
    environment:
      API_TOKEN: \${API_TOKEN}
      DB_PASSWORD: ${canaries.compose}
      DATABASE_URL: postgres://shop:${canaries.url}@db:5432/shop
      REPLICA_URL: postgres://shop:top@${canaries.afterAt}@db:5432/shop
      PRIVATE_KEY: "-----BEGIN PRIVATE KEY-----\\n${canaries.lineOfKey}\\n-----END PRIVATE KEY-----\\n"
      HTTP_AUTHORIZATION: Bearer ${canaries.authorization}
    command: [node, web.mjs, --requirepass, "\${REDIS_PASSWORD}", "amqp://app:${canaries.command}@mq"]
    ports: ["127.0.0.1:\${SHOP_PORT}:3000"]
    secrets: [certificate, behind]
    configs: [{ source: app, target: /app.conf }]
    init: true
    healthcheck: { test: [CMD, node, -e, "${listens}"], interval: 30s, start_period: 30s, start_interval: 1s }
  queue:
    image: sluice-test/node:24
    command: celery -A shop worker -b amqp://app:${canaries.command}@mq
    profiles: [later]
secrets:
  certificate: { file: ./certificate.txt }
  behind: { environment: BEHIND }
configs:
  app:
    content: |
      [cache]
      password = ${canaries.config}
`;

const dockerfile = `FROM sluice-test/node:24
ARG API_KEY
RUN echo "the key is $API_KEY"
COPY web.mjs certificate.txt ./
CMD ["node", "web.mjs"]
`;

/** An application that tells everything to its log and to everybody who asks; a bad one refuses too, and so does one that is broken. */
const web = (isGood: boolean) => `import { readFileSync } from "node:fs";
import { createServer } from "node:http";
const files = ["/run/secrets/certificate", "/run/secrets/behind", "/app.conf"];
const all = [process.argv, process.env, ...files.map((file) => readFileSync(file, "utf8"))].map((one) => JSON.stringify(one)).join(" ");
console.log(all);
console.log(process.env.PRIVATE_KEY);
console.log(process.env.HTTP_AUTHORIZATION.split(" ")[1]);
let isGood = ${isGood};
console.error(new Error(all).stack);
createServer((request, response) => {
  console.log("asked with", JSON.stringify(request.headers));
  if (request.url === "/break") isGood = false;
  response.statusCode = isGood ? 200 : 500;
  response.end((isGood ? "welcome " : "no ") + all + JSON.stringify(request.headers));
}).listen(3000);
`;

it("secrets that are planted appear on no channel, also when everything fails", patience, async () => {
  await using chat = await openChat(canaries.chat);
  await using github = await startFakeGithub("acme/shop", canaries.token);
  await using project = await openProject(config);
  const env = {
    ...project.env,
    API_TOKEN: canaries.environment,
    BUILD_KEY: canaries.argument,
    SMOKE_TOKEN: canaries.header,
    CHAT_URL: chat.url,
    REDIS_PASSWORD: canaries.filledIn,
    BEHIND: canaries.behind,
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.url,
  };
  /** A version, its tag on GitHub, and a release of it. */
  const publish = async (tag: string, files: Readonly<Record<string, string>>) => {
    await project.release(tag, files);
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "HEAD"], { cwd: project.checkout });
    github.commit(stdout.trim(), ["main", tag]);
    expect(await run(`release ${tag}`, ["release", "create", tag, "--json"])).toBe(0);
  };
  const watch = watchCommandLines();
  const said: Record<string, string> = {};
  const run = async (channel: string, args: readonly string[], more: NodeJS.ProcessEnv = {}, start = startCli) => {
    const options = ["--config", join(dirname(project.checkout), "sluice.yaml")];
    const ran = await start([...args, ...options], project.checkout, { ...env, ...more }).done;
    said[channel] = ran.stdout + ran.stderr;
    return ran.exitCode;
  };
  const files = { "compose.yml": compose, Dockerfile: dockerfile, "certificate.txt": `${canaries.file}\n` };
  await publish("v1", { ...files, "web.mjs": web(true) });
  expect(await run("events", ["deploy", "--release", "v1", "--json"])).toBe(0);
  await publish("v2", { "web.mjs": web(false) });
  expect(await run("lines", ["deploy", "--release", "v2", "--plain"])).toBe(20);
  expect(await run("terminal", ["deploy", "--release", "v2", "--retry", "--yes"], {}, startOnTerminal)).toBe(20);
  const summary = join(dirname(project.checkout), "summary");
  const actions = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: summary };
  expect(await run("GitHub", ["deploy", "--release", "v2", "--retry"], actions)).toBe(20);
  said["job summary"] = await readFile(summary, "utf8");
  await run("wrong compose file", ["deploy", "--release", "v3", "-f", "nowhere.yml", "--json"]);
  // Compose quotes what it cannot use; no project tells yet what of it is secret.
  const quoting = { SHOP_PORT: canaries.environment, API_TOKEN: canaries.environment };
  expect(await run("secret in a wrong place", ["plan", "--release", "v3"], quoting)).toBe(2);
  expect(said["secret in a wrong place"]).toContain("[redacted]");
  await run("logs", ["logs", "--json"]);
  for (const command of [
    "plan",
    "status",
    "history",
    "doctor",
    "verify",
    "audit show",
    "audit export",
    "audit export --format csv",
    "outbox list",
    "ps",
    "traffic",
    "window",
    "release list",
    "release show v1",
  ]) {
    await run(command, command.split(" "));
  }
  await run("doctor security", ["doctor", "security"]);
  await run("plan as JSON", ["plan", "--retry", "--json"]);
  expect(await run("init", ["init"])).toBe(0);
  // What serves begins to fail after everybody has it.
  await fetch(`http://127.0.0.1:${project.port}/break`);
  expect(await run("verify of a broken one", ["verify"])).toBe(20);
  expect(await run("verify of a broken one as JSON", ["verify", "--json"])).toBe(20);
  expect(await run("verify after a rotation", ["verify"], { API_TOKEN: "of-the-next-release" })).toBe(20);
  for (const format of ["html", "markdown", "json"]) {
    await run(`report as ${format}`, ["report", "--format", format, "--output", "-"]);
  }
  said["people"] = chat.bodies.join("\n");
  said["GitHub's record"] = github.calls.map(({ path, text }) => `${path} ${text}`).join("\n");
  const commandLines = await watch.stop();

  // What was planted was there to be told.
  expect(chat.bodies.length).toBeGreaterThanOrEqual(3);
  expect(said["people"]).toContain("checks of what serves fail");
  expect(said["lines"]).toContain("the key is");
  expect(said["terminal"]).toContain("\u001b[");
  expect(said["terminal"]).toContain("who am i");
  const states = github.state.deployments.map(({ statuses }) => statuses.at(-1)?.state);
  expect(states).toEqual(["success", "failure", "failure", "failure"]);
  expect(said["GitHub's record"]).toContain("who am i");
  expect(said["GitHub's record"]).toContain("<!doctype html>");
  expect(said["events"]).toContain("who am i");
  expect(said["init"]).toContain("its command says so (celery)");
  expect(said["plan as JSON"]).toContain("its command says so (celery)");
  for (const channel of ["verify of a broken one", "verify of a broken one as JSON", "verify after a rotation"]) {
    for (const told of ["status 500", "exit code 1", "[redacted]"]) expect(said[channel]).toContain(told);
  }
  expect([...watch.seen].some((line) => /docker[- ]compose/.test(line))).toBe(true);
  expect(canariesIn(`x ${canaries.url}`)).toHaveLength(1);

  const leaks = Object.entries(said).flatMap(([channel, text]) =>
    canariesIn(text).map((canary) => `${channel}: ${canary}`),
  );
  expect(leaks).toEqual([]);
  // What the application's own processes are given is its own.
  expect(commandLines.filter((line) => !line.includes("node web.mjs"))).toEqual([]);
  // A bundle's model is what the release is, secrets included: only its owner may read it.
  const isModel = (path: string) => /\/(?:model\.json|files\/.*)$/.test(path);
  expect(await canariesBelow(homeOf(project), isModel)).toEqual([]);
});

function homeOf({ env }: Project): string {
  const { SLUICE_HOME: home } = env;
  if (!home) throw new Error("the harness names no state home");
  return home;
}
