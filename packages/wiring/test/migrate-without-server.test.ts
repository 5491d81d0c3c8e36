import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aRelease } from "@sluice/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWatched } from "../src/database/migration-runner.ts";
import { createSession } from "../src/session.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";

const app = {
  image: "sluice-test/node:24",
  command: [
    "node",
    "--no-warnings",
    "-e",
    "new (require('node:sqlite').DatabaseSync)('/data/app.db'); setInterval(() => {}, 1e6)",
  ],
  volumes: ["data:/data"],
  init: true,
};
const sqlite = { kind: "sqlite", service: "app", file: "/data/app.db" };
const command = { kind: "command", service: "app", command: { dump: ["cat", "/data/app.db"] } };
const signal = new AbortController().signal;

let project: ComposeProject;
beforeAll(async () => {
  const compose = { services: { app }, volumes: { data: {} } };
  project = await startComposeProject("nolock", { compose, config: { database: sqlite } });
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** Somebody's migration: with a state home of its own, or the one of others. */
async function migrate(database: object, home: string, run: string, job: () => Promise<void>, wait = "1s") {
  const configFile = join(project.directory, `${run}.yaml`);
  await writeFile(configFile, JSON.stringify({ database: { ...database, migrate: { wait } } }));
  const { stack, directory } = project;
  const stateHome = join(directory, home);
  await using session = createSession({ stack, directory, stateHome, configFile, env: process.env, actor: "ada" });
  const told: string[] = [];
  const request = {
    database: "app",
    run,
    jobs: ["migrate"],
    release: aRelease("r1"),
    signal,
    onProgress: (text: string) => void told.push(text),
  };
  await runWatched(session, request, job);
  return told;
}

describe("two migrations of a database without a server", () => {
  it.each([
    [
      "SQLite, whatever state homes they are of",
      sqlite,
      ["home", "other"],
      "LOCK_HELD",
      /run one-sqlite \(since \d{4}-\S+\) holds its lock/,
    ],
    ["commands, of one state home", command, ["home", "home"], "LOCK_HELD", /migration one-command of app/],
  ])("are one and then the other, or one alone: %s", async (_how, database, [first = "", second = ""], code, who) => {
    const order: string[] = [];
    const { kind } = database;
    let waiting: Promise<unknown> | undefined;
    const told = await migrate(database, first, `one-${kind}`, async () => {
      const impatient = migrate(database, second, `two-${kind}`, async () => void order.push("two"));
      await expect(impatient).rejects.toMatchObject({ code, message: expect.stringMatching(who) });
      waiting = migrate(database, second, `three-${kind}`, async () => void order.push("three"), "60s");
      order.push("one");
    });
    await waiting;
    expect(order).toEqual(["one", "three"]);
    expect(told).toEqual([]);
  });

  it("the lock of a file is free when the one that held it was killed", async () => {
    const program = join(import.meta.dirname, "programs", "hold-sqlite-migration.ts");
    const args = ["--conditions=sluice-source", program, project.container("app"), sqlite.file];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const impatient = migrate(sqlite, "home", "early", () => expect.unreachable());
    await expect(impatient).rejects.toMatchObject({ message: expect.stringContaining("run doomed (since ") });
    child.kill("SIGKILL");
    await once(child, "exit");
    let done = false;
    await migrate(sqlite, "home", "late", async () => void (done = true), "30s");
    expect(done).toBe(true);
  });
});
