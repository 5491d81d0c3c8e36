import { connect } from "node:net";
import { pipeline } from "node:stream";
import type { ContainerExec, ExecOptions, ExecResult, ExecStream } from "@sluice/core";

export interface LocalExec extends ContainerExec {
  /** Commands without the shell that says that they run. */
  readonly calls: { readonly container: string; readonly command: readonly string[] }[];
}

type Program = (
  command: readonly string[],
  container: string,
) => Partial<{ exitCode: number; stdout: string; stderr: string }>;

/**
 * Stands for processes in containers: `socat` connects from this process, anything else is what the test makes of it.
 *
 * @param engine awaited before each process runs: what the engine takes to start it
 */
export function createLocalExec(
  program: Program = () => ({}),
  engine: () => Promise<void> = () => Promise.resolve(),
): LocalExec {
  const calls: LocalExec["calls"] = [];
  const never = () => Promise.reject(new Error("not part of a probe"));
  return {
    calls,
    async exec(container, command, options = {}): Promise<ExecResult> {
      options.signal?.throwIfAborted();
      calls.push({ container, command });
      await engine();
      const [, , , name, , ...targets] = command;
      if (name === "connect") {
        const lines = await Promise.all(targets.map((target) => connectTo(target, options)));
        return { exitCode: 0, stdout: Buffer.from(lines.join("")), stderr: "" };
      }
      const { exitCode = 0, stdout = "", stderr = "" } = program(command, container);
      return { exitCode, stdout: Buffer.from(stdout), stderr };
    },
    async stream(container, command, options = {}): Promise<ExecStream> {
      options.signal?.throwIfAborted();
      const own = command.slice(command.indexOf("socat"));
      calls.push({ container, command: own });
      await engine();
      const { stdout, done } = socat(own, options);
      const announced = async function* () {
        yield Buffer.from("\n");
        yield* stdout;
      };
      return { stdout: announced(), done };
    },
    open: never,
    putFiles: never,
    signal: never,
    environment: never,
  };
}

/** A line as the script of connections writes it. */
async function connectTo(target: string, options: ExecOptions): Promise<string> {
  const { done, stdout } = socat(["socat", "-u", "/dev/null", `TCP:${target}`], options);
  for await (const _chunk of stdout);
  const { exitCode, stderr } = await done;
  return exitCode === 0 ? `reached ${target}\n` : `failed ${target} ${stderr}\n`;
}

function socat(command: readonly string[], { stdin, signal }: ExecOptions): ExecStream {
  const [, host = "", port = ""] = /TCP:(\[[^\]]+\]|[^:]+):(\d+)/.exec(command.at(-1) ?? "") ?? [];
  const socket = connect({ host: host.replaceAll(/[[\]]/g, ""), port: Number(port), allowHalfOpen: true });
  signal?.addEventListener("abort", () => socket.destroy(signal.reason as Error), { once: true });
  let resolve: (end: { exitCode: number; stderr: string }) => void = () => undefined;
  const done = new Promise<{ exitCode: number; stderr: string }>((end) => (resolve = end));
  if (command.includes("-u")) socket.once("connect", () => socket.destroy());
  else if (stdin instanceof Uint8Array) socket.write(stdin);
  else if (stdin) pipeline(stdin as AsyncIterable<Uint8Array>, socket, () => undefined);
  async function* stdout() {
    try {
      for await (const chunk of socket) yield chunk as Uint8Array;
      resolve({ exitCode: 0, stderr: "" });
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      // A connection that is closed as soon as it is there ends early for the reader, and well for socat.
      if (code === "ERR_STREAM_PREMATURE_CLOSE") resolve({ exitCode: 0, stderr: "" });
      else resolve({ exitCode: 1, stderr: `E connect: ${message}` });
    } finally {
      socket.destroy();
    }
  }
  return { stdout: stdout(), done };
}
