import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CrashStage, playKill } from "../src/faults/index.ts";

/** Four steps, of which it writes the record. What it makes of a signal is told by `OBEYS`: whether, and what it ends with. */
const program = `
import { constants, open, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
const [, , verb, , release] = process.argv;
const { HOME_OF_STATE: home, OBEYS: exitCode = "" } = process.env;
if (verb === "status") {
  const tag = await readFile(home + "/serving", "utf8");
  const nothing = { slots: [], findings: [], unfinished: null, lock: null };
  process.stdout.write(JSON.stringify({ serving: { tag, slot: "blue", release: "r" }, ...nothing }));
  process.exit();
}
let asked = false;
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => (asked = exitCode !== ""));
async function append(record) {
  await using file = await open(home + "/journal.ndjson", constants.O_RDWR | constants.O_CREAT, 0o600);
  const line = Buffer.from(JSON.stringify({ at: new Date(), ...record }) + "\\n");
  await file.write(line, 0, line.length, (await file.stat()).size);
  await file.datasync();
}
const steps = ["build", "start", "shift", "prune"].map((id) => ({ id, kind: id }));
await append({ type: "deployment-start", kind: "deploy", plan: { steps } });
for (const { id } of steps) {
  if (asked) process.exit(Number(exitCode));
  await append({ type: "step-intent", step: id });
  await sleep(20);
  await append({ type: "step-outcome", step: id, result: "done" });
}
await append({ type: "deployment-end" });
await writeFile(home + "/serving", release);
`;

/** A stack whose engine has nothing, so that all there is to see is what the command did. */
async function openStage(used: AsyncDisposableStack, obeys: string): Promise<CrashStage> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-play-kill-"));
  used.defer(() => rm(directory, { recursive: true }));
  const [stateHome, scratch, engine] = ["home", "scratch", "engine"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const place of [join(stateHome, "releases"), scratch, engine]) await mkdir(place, { recursive: true });
  await writeFile(join(stateHome, "serving"), "v1");
  await writeFile(join(stateHome, "journal.ndjson"), "");
  await writeFile(join(engine, "docker"), "#!/bin/sh\n");
  await chmod(join(engine, "docker"), 0o755);
  const command = join(directory, "command.mjs");
  await writeFile(command, program);
  const shop = createServer((_request, response) => {
    response.setHeader("x-version", readFileSync(join(stateHome, "serving"), "utf8"));
    response.end();
  });
  used.defer(async () => {
    shop.closeAllConnections();
    shop.close();
    await once(shop, "close");
  });
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  return {
    stack: "stack",
    checkout: directory,
    stateHome,
    url: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
    command: [process.execPath, command],
    options: [],
    env: { PATH: `${engine}:${process.env["PATH"]}`, HOME_OF_STATE: stateHome, OBEYS: obeys },
    networks: [],
    scratch,
  };
}

async function play(obeys: string, record: number, signal: "SIGTERM" | "SIGINT") {
  await using used = new AsyncDisposableStack();
  const stage = await openStage(used, obeys);
  const death = { at: "record", moment: "after", record, signal } as const;
  return await playKill(stage, { killed: [{ verb: "deploy", death }], next: "deploy" }, "v2");
}

it.each(["SIGTERM", "SIGINT"] as const)("a command that ends at %s between two steps is all right", async (signal) => {
  const { deaths, stopMs, problems } = await play("130", 4, signal);
  expect({ deaths, problems }).toEqual({ deaths: 1, problems: [] });
  expect(stopMs).toEqual([expect.any(Number)]);
});

it.each(["SIGTERM", "SIGINT"] as const)("one that ignores %s is not", async (signal) => {
  const { deaths, problems } = await play("", 4, signal);
  expect({ deaths, problems }).toEqual({
    deaths: 0,
    problems: ["deploy: steps that it began after it was asked to stop: 2"],
  });
});

it("one that stops and does not say that it was interrupted is not", async () => {
  const { problems } = await play("20", 4, "SIGTERM");
  expect(problems).toEqual([expect.stringContaining("deploy: asked to stop it ended with 20")]);
});

it("nor is one that was never asked, as it writes fewer records", async () => {
  const { problems } = await play("130", 40, "SIGTERM");
  expect(problems).toEqual([expect.stringContaining("deploy was not killed: it ended with 0")]);
});

it("what comes when all is done ends nothing, and that is all right", async () => {
  const { deaths, problems } = await play("", 9, "SIGTERM");
  expect({ deaths, problems }).toEqual({ deaths: 0, problems: [] });
});
