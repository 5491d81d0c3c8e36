import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
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
  /** Begins a backup in a process of its own, all of whose connections go through the proxy. */
  take(stopAt?: string): Taking;
}

export interface Taking {
  /** At the step that it was to stop at; `false` where it ended without having come to it. */
  readonly stopped: Promise<boolean>;
  /** The id of the backup, the code of its failure, or nothing where it was killed. */
  readonly ended: Promise<string>;
  /** All that it wrote. */
  readonly said: Promise<string>;
  /** SIGKILL. */
  kill(): void;
}

export function openStage(server: Server, directory: string, proxy: EngineProxy): Stage {
  const program = join(import.meta.dirname, "take-backup.ts");
  const fixed = [server.container, server.stack, directory, server.image];
  return {
    server,
    directory,
    proxy,
    take(stopAt) {
      const args = [...fixed, ...(stopAt === undefined ? [] : [stopAt])];
      return watchTaking(
        spawn(process.execPath, ["--conditions=sluice-source", program, ...args], {
          env: { ...process.env, DOCKER_HOST: proxy.host },
          stdio: ["ignore", "pipe", "inherit"],
        }),
      );
    },
  };
}

/** What the process of a backup says. One that was killed has no last word, whatever it had said before. */
export function watchTaking(child: ChildProcess): Taking {
  if (!child.stdout) throw new Error("no output");
  const stopped = Promise.withResolvers<boolean>();
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    if (/^stopped$/m.test(output)) stopped.resolve(true);
  });
  const said = once(child, "close").then(() => {
    stopped.resolve(false);
    return output.trim();
  });
  return {
    stopped: stopped.promise,
    said,
    ended: said.then((text) => (child.signalCode === null ? (text.split("\n").at(-1) ?? "") : "")),
    kill: () => void child.kill("SIGKILL"),
  };
}

export async function sql({ container }: Server, statements: string): Promise<string> {
  return run(["docker", "exec", container, "psql", "-XqAtwU", user, "-v", "ON_ERROR_STOP=1", "-c", statements]);
}

/** Names of processes in the database's container. */
export async function processes({ container }: Server): Promise<readonly string[]> {
  const script = 'for f in /proc/[0-9]*; do read -r name < "$f/comm" && echo "$name"; done 2> /dev/null; true';
  const { stdout } = await measure(["docker", "exec", "-u", "0", container, "sh", "-c", script]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Asks again until it holds, for 30 s at most. */
export async function until(holds: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(100)) {
    if (await holds()) return true;
  }
  return false;
}
