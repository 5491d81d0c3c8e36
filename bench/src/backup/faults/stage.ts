import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { measure, run } from "../../measure.ts";
import { type Server, user } from "../server.ts";
import type { EngineProxy } from "./engine-proxy.ts";

/** Where backups are taken and die. */
export interface Stage {
  readonly server: Server;
  /** Of the store: a small file system of its own, so that it can be full. */
  readonly directory: string;
  readonly proxy: EngineProxy;
}

export interface Taking {
  readonly child: ChildProcess;
  /** The id of the backup, the code of its failure, or nothing where it was killed. */
  readonly ended: Promise<string>;
  /** All that it wrote. */
  readonly said: Promise<string>;
}

/** Begins a backup in a process of its own, all of whose connections go through the proxy. */
export function take({ server, directory, proxy }: Stage, stopAt?: string): Taking {
  const { container, stack, image } = server;
  const program = join(import.meta.dirname, "take-backup.ts");
  const args = [container, stack, directory, image, ...(stopAt === undefined ? [] : [stopAt])];
  const child = spawn(process.execPath, ["--conditions=sluice-source", program, ...args], {
    env: { ...process.env, DOCKER_HOST: proxy.host },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (!child.stdout) throw new Error("no output");
  const over = once(child, "close");
  const said = text(child.stdout).then(async (output) => {
    await over;
    return output.trim();
  });
  return { child, said, ended: said.then((output) => output.split("\n").at(-1) ?? "") };
}

export async function sql({ container }: Server, statements: string): Promise<string> {
  return run(["docker", "exec", container, "psql", "-XqAtwU", user, "-v", "ON_ERROR_STOP=1", "-c", statements]);
}

/** Names and numbers of processes in the database's container. */
export async function processes({
  container,
}: Server): Promise<readonly { readonly name: string; readonly id: string }[]> {
  const script =
    'for f in /proc/[0-9]*; do read -r name < "$f/comm" && echo "$name ${f#/proc/}"; done 2> /dev/null; true';
  const { stdout } = await measure(["docker", "exec", "-u", "0", container, "sh", "-c", script]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ name: line.split(" ")[0] ?? "", id: line.split(" ")[1] ?? "" }));
}

/** SIGKILL for all processes of a name in the container; whether there was one. */
export async function killInside(server: Server, name: string): Promise<boolean> {
  const ids = (await processes(server)).filter((one) => one.name === name).map(({ id }) => id);
  if (ids.length > 0) await measure(["docker", "exec", "-u", "0", server.container, "kill", "-9", ...ids]);
  return ids.length > 0;
}

/** Asks again until it holds, for 30 s at most. */
export async function until(holds: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(100)) {
    if (await holds()) return true;
  }
  return false;
}
