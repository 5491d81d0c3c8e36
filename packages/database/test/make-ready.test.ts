import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { ContainerExec } from "@sluice/core";
import { afterEach, expect, it } from "vitest";
import { endMarkedProcesses } from "../src/process/end-orphans.ts";

/** Runs on this machine what would run in a container. */
const exec = {
  async exec(_container: string, [name = "", ...args]: readonly string[]) {
    const child = spawn(name, args, { stdio: ["ignore", "pipe", "ignore"] });
    return { exitCode: 0, stdout: Buffer.from(await text(child.stdout)), stderr: "" };
  },
} as unknown as ContainerExec;

const variable = `SLUICE_TEST_${randomBytes(6).toString("hex").toUpperCase()}`;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

async function sleeper(session: string): Promise<ChildProcess> {
  const child = spawn("sleep", ["60"], { env: { PATH: process.env["PATH"], [variable]: session }, stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  return child;
}

it("what dead runs left is ended, what this run does beside it is not", async () => {
  const [dead, own] = await Promise.all([sleeper("backup-1"), sleeper("backup-2")]);
  const ended = once(dead, "exit");
  expect(await endMarkedProcesses(exec, "db", [variable, "backup-2"])).toBe(1);
  expect(await ended).toEqual([null, "SIGTERM"]);
  expect(own.signalCode).toBeNull();
  expect(await endMarkedProcesses(exec, "db", [variable, "backup-2"])).toBe(0);
});
