import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import type { OutputLine } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeVersion } from "../src/compose-cli/library.ts";
import { runCompose } from "../src/compose-cli/run.ts";

let directory: string;
let env: Record<string, string>;

/** A `docker` that does what the arguments after `compose` say in shell. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "run-compose-"));
  const script = join(directory, "docker");
  await writeFile(script, '#!/bin/sh\nshift\nif [ "$1" = version ]; then echo v9.8.7; exit 0; fi\neval "$@"\n');
  await chmod(script, 0o755);
  env = { PATH: `${directory}:/usr/bin:/bin` };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("runCompose", () => {
  test("gives both streams, the exit code, and lines as they come", async () => {
    const lines: OutputLine[] = [];
    const run = await runCompose({
      args: ["echo one; echo two >&2; printf three; exit 7"],
      env,
      source: "build",
      redact: (text) => text.replace("two", "[redacted]"),
      onOutput: (line) => lines.push(line),
    });
    expect(run).toEqual({ exitCode: 7, stdout: "one\nthree", stderr: "two\n" });
    expect(lines.toSorted((a, b) => (a.text < b.text ? -1 : 1))).toEqual([
      { source: "build", stream: "stderr", text: "[redacted]" },
      { source: "build", stream: "stdout", text: "one" },
      { source: "build", stream: "stdout", text: "three" },
    ]);
  });

  test("keeps a character whole that comes in two pieces", async () => {
    const lines: string[] = [];
    const run = await runCompose({
      args: ["printf 'gr\\303'; sleep 0.2; printf '\\274n\\n'"],
      env,
      onOutput: ({ text }) => lines.push(text),
    });
    expect(run.stdout).toBe("grün\n");
    expect(lines).toEqual(["grün"]);
  });

  test("hands over its input, and survives a child that does not read it", async () => {
    expect((await runCompose({ args: ["cat"], env, stdin: "model" })).stdout).toBe("model");
    expect((await runCompose({ args: ["exit 3"], env, stdin: "x".repeat(1_000_000) })).exitCode).toBe(3);
  });

  test("gives the child the environment it was given, and nothing else", async () => {
    const { stdout } = await runCompose({ args: ["env"], env: { ...env, ONLY: "this" } });
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf("=")));
    expect(names.filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name)).toSorted()).toEqual([
      "ONLY",
      "PATH",
    ]);
  });

  test("tells the child where it is by the name it was given: Compose takes paths from there", async () => {
    const link = join(directory, "link");
    await symlink(directory, link);
    const inLink = { ...env, PWD: directory };
    expect((await runCompose({ args: ["pwd"], env: inLink, cwd: link })).stdout).toBe(`${link}\n`);
  });

  test("ends the whole process group on abort, also what ignores SIGTERM, and rejects with the reason", async () => {
    const pidFile = join(directory, "pid");
    const abort = new AbortController();
    const reason = new Error("cancelled");
    const running = runCompose({
      args: [`trap "" TERM; sh -c 'echo $$ > ${pidFile}; echo up; sleep 60' & wait; sleep 60`],
      env,
      signal: abort.signal,
      killAfterMs: 200,
      onOutput: () => abort.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    const pid = (await readFile(pidFile, "utf8")).trim();
    // Where nothing reaps orphans, a process that has ended stays as a zombie.
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tgone");
    expect(status).toMatch(/^State:\t(?:Z|gone)/m);
  });

  test("starts nothing when it is aborted before", async () => {
    await expect(runCompose({ args: ["exit 0"], env, signal: AbortSignal.abort("no") })).rejects.toBe("no");
  });

  test("does not wait for a child that holds the pipe after Compose has ended", async () => {
    const started = performance.now();
    const run = await runCompose({ args: ["echo done; (sleep 30 &)"], env });
    expect(run).toMatchObject({ exitCode: 0, stdout: "done\n" });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("runs under nice where there is one, and without where there is none", async () => {
    const expected = Math.min(getPriority() + 7, 19);
    expect((await runCompose({ args: ["nice"], env, niceness: 7 })).stdout).toBe(`${expected}\n`);
    const bare = { PATH: directory };
    expect((await runCompose({ args: ["echo here"], env: bare, niceness: 7 })).stdout).toBe("here\n");
  });

  test("says what to install when there is no docker", async () => {
    await expect(runCompose({ args: ["version"], env: { PATH: "/nowhere" } })).rejects.toMatchObject({
      code: "COMPOSE_MISSING",
      hint: expect.stringContaining("docker compose version") as string,
    });
  });
});

describe("the npm library docker-compose, wrapped", () => {
  test("tells the version", async () => {
    expect(await composeVersion({ env })).toBe("9.8.7");
  });

  test("rejects with an error that has a code and the output", async () => {
    const script = join(directory, "failing", "docker");
    await runCompose({ args: [`mkdir -p ${directory}/failing`], env });
    await writeFile(script, "#!/bin/sh\necho \"docker: 'compose' is not a docker command.\" >&2\nexit 1\n");
    await chmod(script, 0o755);
    await expect(composeVersion({ env: { PATH: `${directory}/failing:/usr/bin:/bin` } })).rejects.toMatchObject({
      code: "COMPOSE_MISSING",
      message: "docker compose version ended with exit code 1",
      detail: "docker: 'compose' is not a docker command.",
    });
    await expect(composeVersion({ env: { PATH: "/nowhere" } })).rejects.toMatchObject({
      code: "COMPOSE_MISSING",
      message: expect.stringContaining("ENOENT") as string,
    });
  });

  test("stops waiting on abort", async () => {
    await expect(composeVersion({ env, signal: AbortSignal.timeout(1) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });
});
