import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "./context.ts";
import { createProgram } from "./program.ts";
import { fakeDeployer } from "./testing/fake-deployer.ts";
import { events, run } from "./testing/run.ts";

const status = (argv: readonly string[], env = {}) => run([...argv, "status"], { deployer: fakeDeployer(), env });

describe("the stack and its files", () => {
  it.each([
    [["-p", "given"], { STACK_NAME: "s", COMPOSE_PROJECT_NAME: "c" }, "given"],
    [[], { STACK_NAME: "s", COMPOSE_PROJECT_NAME: "c" }, "s"],
    [[], { COMPOSE_PROJECT_NAME: "c" }, "c"],
    [["-p", "given"], { STACK_NAME: "" }, "given"],
    // Nothing of these says it: Compose is asked, which knows `.env`, `name:` and the directory.
    [[], {}, undefined],
    [[], { COMPOSE_PROJECT_NAME: "" }, undefined],
  ])("%j with %j is the stack %s", async (argv, env, stack) => {
    expect((await status(argv, env)).deployer.options?.stack).toBe(stack);
  });

  it("is none where its name is set and empty, as by a secret that is not there", async () => {
    const env = { STACK_NAME: "", COMPOSE_PROJECT_NAME: "c" };
    const ran = await status([], env);
    expect([ran.exitCode, ran.deployer.calls]).toEqual([2, []]);
    expect(ran.stderr).toContain("error USAGE: STACK_NAME is set and empty");
    const deploying = await run(["deploy", "--json"], { env });
    expect(events(deploying.stdout)).toMatchObject([
      { type: "error", code: "USAGE" },
      { type: "deployment-end", outcome: "refused", exitCode: 2 },
    ]);
  });

  it("takes flags before and after the command, and adds repeated ones up", async () => {
    const argv = [
      "-f",
      "a.yaml",
      "--profile",
      "x",
      "-p",
      "one",
      "status",
      "-f",
      "b.yaml",
      "--profile",
      "y",
      "-p",
      "two",
    ];
    const { deployer } = await run(argv);
    expect(deployer.options).toMatchObject({
      files: ["/srv/Shop/a.yaml", "/srv/Shop/b.yaml"],
      profiles: ["x", "y"],
      stack: "two",
    });
  });

  it("starts paths from the working directory", async () => {
    const argv = ["--project-directory", "app", "--env-file", "prod.env", "--config", "c.yaml", "--env", "production"];
    const { deployer } = await status(argv, { SLUICE_HOME: "home", GITHUB_ACTOR: "octocat" });
    expect(deployer.options).toMatchObject({
      directory: "/srv/Shop/app",
      envFiles: ["/srv/Shop/prod.env"],
      configFile: "/srv/Shop/c.yaml",
      environment: "production",
      stateHome: "/srv/Shop/home",
      actor: "octocat",
    });
    expect((await status(["--state-home", "/x"], { SLUICE_HOME: "home" })).deployer.options).toMatchObject({
      stateHome: "/x",
      actor: "ada",
    });
  });
});

it.each([
  [{ GITHUB_ACTOR: "octocat", GITHUB_TRIGGERING_ACTOR: "grace" }, "grace"],
  [{ GITHUB_ACTOR: "octocat" }, "octocat"],
  [{ GITHUB_ACTOR: "", GITHUB_TRIGGERING_ACTOR: "" }, "ada"],
])("with %j, %s acts: whoever has a run of another run again", async (env, actor) => {
  expect((await status([], env)).deployer.options?.actor).toBe(actor);
});

it.each([
  [["--env", "staging"], { SLUICE_ENVIRONMENT: "production" }, "staging"],
  [[], { SLUICE_ENVIRONMENT: "production" }, "production"],
  [[], { SLUICE_ENVIRONMENT: "" }, undefined],
])("%j with %j uses the settings of %s", async (argv, env, environment) => {
  expect((await status(argv, env)).deployer.options?.environment).toBe(environment);
});

describe("a wrong command line", () => {
  it.each([
    ["deplyo"],
    ["deploy --relase v1"],
    ["logs --slot red"],
    ["history -n many"],
    ["deploy v1"],
    ["state export"],
  ])("exits 2: %s", async (line) => {
    const ran = await run(line.split(" "));
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/^error: /);
    expect(ran.deployer.calls).toEqual([]);
  });

  it("proposes what may have been meant", async () => {
    expect((await run(["deplyo"])).stderr).toContain("Did you mean deploy?");
  });

  it("is an event with --json", async () => {
    const ran = await run(["deploy", "--json", "--relase"]);
    expect([ran.exitCode, ran.stderr]).toEqual([2, ""]);
    expect(events(ran.stdout)).toMatchObject([{ type: "error", code: "USAGE" }]);
  });

  it("shows the help without a command", async () => {
    const ran = await run([]);
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining("Usage: sluice")]);
  });
});

describe("the reference", () => {
  it("is what --help says of every command", async () => {
    const program = createProgram({} as CommandContext, { flags: {}, exitCode: 0, isDeployment: false });
    await expect(reference(program)).toMatchFileSnapshot(join(import.meta.dirname, "../../../docs/cli.md"));
  });
});

const introduction = `# The command line

\`sluice COMMAND [OPTIONS]\`. Options that all commands share are written before or after the command; those of Compose mean
what they mean to Compose. Exit codes are the same for all:

| code | meaning |
|---|---|
| 0 | live, nothing to do, or undone by \`abort\` |
| 2 | the command line or the configuration is wrong |
| 10 | refused before any change: locked, window closed, preflight, not confirmed |
| 20 | failed, and the old version never stopped serving; or a check of \`verify\`, a backup, a rehearsal (\`db rehearse\`) or a message of \`outbox flush\` or \`announce\` failed |
| 21 | rolled back after users had reached the new version, or after a service that is replaced stop-first had given way to it |
| 30 | a person is needed; the message says for what. Also: the audit chain is broken, \`doctor\` found an error |
| 70 | a bug in Sluice |
| 78 | this Node.js is too old |
| 130 | interrupted |

Output is a live list on a terminal, groups and annotations in GitHub Actions, and one line for each event elsewhere and
with \`--plain\`. With \`--json\` a deployment prints its [events](events.md), one JSON object a line, the last being \`deployment-end\`
with the outcome and what serves; every other command prints one object (\`logs\` one for each line, \`status --watch\` one for each change).
The last is an [error](errors.md) where one ended it, also an interruption (\`INTERRUPTED\`).

Where the standard output cannot be written to its end, as on a full disk, a command ends with 2; a deployment goes on, and its
exit code says what serves. That nobody reads any more (\`| head\`) ends \`logs\` and \`status --watch\`, and fails nothing;
a signal ends them with 130, as all else.
Commands that are proposed repeat the options that say which stack is meant, such as \`-f\`, \`-p\` or \`--env\`. With \`--json\`,
and in messages of \`notify:\`, they are without: a program that shows them to people adds what it gave.

The name of the stack is \`-p\`, else \`$STACK_NAME\`, else what Compose calls the project: \`$COMPOSE_PROJECT_NAME\`, that of
\`.env\` (or of \`--env-file\`), \`name:\` of the compose file, the directory of the compose file. A \`$STACK_NAME\` that is set and
empty is refused: in a workflow it is a secret that is not there.

Where the compose files cannot be resolved, for want of a variable or by a mistake in them, \`rollback\`, \`abort\`, \`status\`, \`ps\`,
\`logs\` and \`traffic\` go by what is stored of the release that was made live last. A finding \`stored-project\` says so, with file and
line; with \`--json\` it is in \`standIn\` of what they print (\`logs\`: on a line before all others), and among the events of \`rollback\` and
\`abort\`. If Compose cannot even tell the name of the stack, it is to be given, unless \`--state-home\` names its home: it is not guessed.

In GitHub Actions a deployment sets the outputs \`outcome\`, \`serving\`, \`slot\`, \`previous\`, \`exit-reason\` and \`report\` (a
file in \`$RUNNER_TEMP\` with its page, to upload), and writes the summary of the job. \`deployment\` is set when it begins:
with that and no \`outcome\` it was killed. \`unfinished\` is the same id as long as it has no end: \`sluice abort --or-finish --deployment ID\`
undoes it then, or finishes it where there is no good way back, and leaves alone what others left open.

With \`$GITHUB_TOKEN\` and \`$GITHUB_REPOSITORY\` (or \`github:\` of the configuration) every deployment is shown as one on GitHub,
from queued to its ending, with the run and where users find it. That GitHub is down, slow or refuses changes nothing: what it was
not told waits, and the next deployment or \`sluice outbox flush\` tells it, once. \`sluice release\` needs the same token; by
hand the repository is that of the remote \`origin\`, on the GitHub that this is on, an Enterprise Server too, unless \`$GITHUB_API_URL\` names another. A
workflow that reacts to published releases is not started by one that the token of a workflow published: that is GitHub's rule, and a token of
a person or an app starts it.

The first SIGINT, SIGTERM or SIGHUP stops a deployment in order: what has begun is undone, or left for \`sluice resume\`. The
same signal again ends the process at once; the next run then finishes or undoes the work. What fails for another reason after the
first is told all the same, with its own exit code. SIGHUP means that the terminal was closed: under \`nohup\`, in a shell that
ignores it, or where no stream is a terminal, the deployment goes on. \`sluice db migrate\` that is stopped ends its job after two
seconds at most, and says what is left of the schema; one that was killed is told by \`sluice status\`, \`sluice doctor\` and the next
\`sluice db\` command.

Variables of the environment that are read, beside those of the compose files and those that \`sluice.yaml\` refers to:

| variable | what it is |
|---|---|
| \`STACK_NAME\` | name of the stack, without \`-p\` |
| \`SLUICE_ENVIRONMENT\` | environment of the configuration, without \`--env\` |
| \`SLUICE_HOME\` | directory of the stack's state, without \`--state-home\`; for users other than root \`XDG_STATE_HOME\` names the one that it lies in |
| \`COMPOSE_FILE\`, \`COMPOSE_PROJECT_NAME\`, … | what they are to Compose |
| \`DOCKER_HOST\`, \`DOCKER_TLS_VERIFY\`, \`DOCKER_CERT_PATH\`, \`DOCKER_CONTEXT\`, \`DOCKER_CONFIG\` | where the engine is, as for Docker |
| \`GITHUB_TOKEN\`, \`GITHUB_REPOSITORY\`, \`GITHUB_API_URL\` | for what is asked of GitHub; \`github.token\` of the configuration names another token |
| \`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\`, \`AWS_SESSION_TOKEN\` | key of a bucket for backups |
| \`RESTIC_REPOSITORY\`, \`RESTIC_PASSWORD_FILE\`, … | what they are to restic, for backups there |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | proxies for GitHub, chats, buckets, Sentry and Prometheus, by names, suffixes with a dot, and addresses; small letters win, and \`HTTP_PROXY\` is for HTTPS, too, where that has none. Nothing on this machine goes by them, nor the engine, doors and checks |
| \`NO_COLOR\` | no colours on a terminal |

The secret \`SLUICE_ALERT_URL\` is read by the workflow that verifies, and by no command.
`;

function reference(program: Command): string {
  const parts = [program, ...leaves(program)].map((command) => {
    command.configureHelp({ helpWidth: 110 });
    const help = command.helpInformation();
    // Said once, of the program itself.
    const own = command.parent ? help.replace(/\nCommon options:\n(?: .*\n)+/, "") : help;
    return `## \`${titleOf(command)}\`\n\n\`\`\`text\n${own}\`\`\`\n`;
  });
  return [introduction, ...parts].join("\n");
}

function leaves(command: Command): readonly Command[] {
  // A command with options of its own can be run, also where others are below it.
  return command.commands.flatMap((child) =>
    child.commands.length > 0 ? [...(child.options.length > 0 ? [child] : []), ...leaves(child)] : [child],
  );
}

function titleOf(command: Command): string {
  return command.parent ? `${titleOf(command.parent)} ${command.name()}` : command.name();
}
