import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerExec, ExecOptions, ExecStream } from "@sluice/core";

/** Runs the docker client and gives its standard output. */
export async function docker(...args: string[]): Promise<string> {
  const child = spawn("docker", args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${errors.trim()}`);
  return out.trim();
}

/** The least of a ContainerExec that the router needs, over the docker client. */
export function dockerExec(): ContainerExec {
  const start = (container: string, command: readonly string[], hasInput: boolean) => {
    const child = spawn("docker", ["exec", ...(hasInput ? ["-i"] : []), container, ...command], { stdio: "pipe" });
    child.stdin.on("error", () => undefined);
    return child;
  };
  const stream = async (
    container: string,
    command: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecStream> => {
    const child = start(container, command, options.stdin !== undefined);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    options.signal?.addEventListener("abort", () => child.kill(), { once: true });
    const { stdin } = options;
    void (async () => {
      if (stdin === undefined) return;
      const chunks = typeof stdin === "string" || stdin instanceof Uint8Array ? [stdin] : stdin;
      for await (const chunk of chunks) child.stdin.write(chunk);
      child.stdin.end();
    })();
    const done = once(child, "close").then(([code]) => ({ exitCode: (code as number | null) ?? 137, stderr }));
    return { stdout: child.stdout as AsyncIterable<Uint8Array>, done };
  };
  return {
    stream,
    async exec(container, command, options) {
      const { stdout, done } = await stream(container, command, options);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdout) chunks.push(chunk);
      return { ...(await done), stdout: Buffer.concat(chunks) };
    },
    async open(container, command) {
      const child = start(container, command, true);
      child.stderr.resume();
      return {
        stdout: child.stdout as AsyncIterable<Uint8Array>,
        async write(text) {
          if (child.exitCode !== null) throw new Error("the process has ended");
          await new Promise<void>((resolve, reject) => {
            child.stdin.write(text, (error) => (error ? reject(error) : resolve()));
          });
        },
        async [Symbol.asyncDispose]() {
          if (child.exitCode !== null) return;
          child.stdin.end();
          await once(child, "close");
        },
      };
    },
    async putFiles(container, files) {
      const directory = await mkdtemp(join(tmpdir(), "sluice-traffic-"));
      try {
        for (const [index, file] of files.entries()) {
          const local = join(directory, String(index));
          await writeFile(local, file.content, { mode: file.mode ?? 0o644 });
          await docker("cp", "-q", local, `${container}:${file.path}`);
        }
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    environment: () => Promise.reject(new Error("no router asks for it")),
    async signal(container, name) {
      await docker("kill", "-s", name, container);
    },
  };
}
