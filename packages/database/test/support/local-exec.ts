import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { ContainerExec } from "@sluice/core";

/** Of the programs that run here: the Node that runs this comes first. */
export const localEnvironment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };

/** Runs on this machine what would run in a container. */
export const localExec = {
  async exec(
    _container: string,
    [name = "", ...args]: readonly string[],
    { stdin = "", signal }: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
  ) {
    const child = spawn(name, args, { env: localEnvironment, stdio: ["pipe", "pipe", "pipe"] });
    signal?.addEventListener("abort", () => child.kill(), { once: true });
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    const ended = new Promise<number>((resolve, reject) => child.once("close", resolve).once("error", reject));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { exitCode, stdout: Buffer.from(stdout), stderr };
  },
  async stream(
    _container: string,
    [name = "", ...args]: readonly string[],
    { stdin, signal }: { readonly stdin?: AsyncIterable<Uint8Array>; readonly signal?: AbortSignal } = {},
  ) {
    const child = spawn(name, args, { env: localEnvironment, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined);
    signal?.addEventListener("abort", () => child.kill(), { once: true });
    void pipeline(stdin ?? [], child.stdin).catch(() => undefined);
    const ended = new Promise<number>((resolve, reject) => child.once("close", resolve).once("error", reject));
    const stderr = text(child.stderr);
    const done = (async () => ({ exitCode: await ended, stderr: await stderr }))();
    return { stdout: child.stdout, done };
  },
} as unknown as ContainerExec;
