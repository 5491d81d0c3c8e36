import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Deployer } from "@sluice/wiring";
import type { CommandContext } from "../context.ts";
import { runCli } from "../run-cli.ts";
import { at, type FakeDeployer, fakeDeployer } from "./fake-deployer.ts";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly deployer: FakeDeployer;
  readonly questions: readonly string[];
}

export interface RunOptions extends Partial<Omit<CommandContext, "stdout" | "createDeployer">> {
  readonly deployer?: FakeDeployer;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly answer?: boolean;
  readonly failToCreate?: unknown;
}

/** Runs one command line against a fake deployer, with its output captured. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { deployer = fakeDeployer(), isTTY = false, columns, answer = true, failToCreate, ...context } = options;
  const questions: string[] = [];
  let stderr = "";
  const stdout = new PassThrough();
  const exitCode = await runCli(argv, {
    createDeployer: (given): Deployer => {
      if (failToCreate !== undefined) throw failToCreate;
      deployer.options = given;
      return deployer;
    },
    resolveRelease: async ({ tag }) => ({
      release: { tag: tag ?? "v2", commit: "c0ffee", dirty: false, source: tag ? "option" : "describe" },
    }),
    openReleaseDesk: () => Promise.reject(new Error("no releases were expected")),
    env: {},
    stdout: { write: (chunk) => stdout.write(chunk), isTTY, columns },
    stderr: { write: (chunk) => (stderr += chunk) },
    binaryOutput: stdout,
    binaryInput: Readable.from(["from the standard input"]),
    isInteractive: false,
    confirm: async (question) => {
      questions.push(question);
      return answer;
    },
    giveWay: () => {},
    cwd: "/srv/Shop",
    user: "ada",
    now: () => at,
    sleep: async () => {},
    signal: new AbortController().signal,
    outputClosed: new AbortController().signal,
    written: async () => {},
    ...context,
  });
  stdout.end();
  return { exitCode, stdout: await text(stdout), stderr, deployer, questions };
}

/** Each line of NDJSON. */
export function events(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
