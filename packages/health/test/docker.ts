import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import type { ContainerExec, ExecOptions, ExecStream } from "@sluice/core";

const run = promisify(execFile);

export async function docker(...args: string[]): Promise<string> {
  return (await run("docker", args)).stdout.trim();
}

/** Processes in containers through the docker client. */
export function dockerExec(): ContainerExec {
  const never = () => Promise.reject(new Error("not part of a probe"));
  return {
    async exec(container, command, options = {}) {
      const { stdout, done } = stream(container, command, options);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdout) chunks.push(chunk);
      return { ...(await done), stdout: Buffer.concat(chunks) };
    },
    stream: (container, command, options = {}) => Promise.resolve(stream(container, command, options)),
    open: never,
    putFiles: never,
    signal: never,
    environment: never,
  };
}

function stream(container: string, command: readonly string[], { stdin, signal }: ExecOptions): ExecStream {
  const child = spawn("docker", ["exec", "-i", container, ...command], { signal });
  child.stdin.on("error", () => undefined);
  if (stdin === undefined || typeof stdin === "string" || stdin instanceof Uint8Array) child.stdin.end(stdin);
  else pipeline(stdin, child.stdin, () => undefined);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const done = once(child, "close").then(([exitCode]) => ({ exitCode: exitCode as number, stderr }));
  done.catch(() => undefined);
  return { stdout: child.stdout as AsyncIterable<Uint8Array>, done };
}
