import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "./checkout.ts";
import { UsageError } from "./options.ts";
import { type BenchResult, formatResult, resultLine } from "./result.ts";
import { inSession, type Session } from "./session.ts";

/** What a bench hands back: its result, and whatever lets a person look closer. */
export interface Findings {
  readonly result: BenchResult;
  readonly details: unknown;
}

/**
 * The edge of a bench's process: runs it in a session, prints the table and the JSON line, keeps the details in
 * `bench/results/`, and exits 0 (pass), 1 (a limit was not kept, or the bench broke), 2 (an option is wrong) or 130
 * (interrupted).
 */
export async function runBench(body: (session: Session) => Promise<Findings>): Promise<void> {
  await runToResult(() => inSession(body));
}

/** The same for a bench that needs nothing of the machine but its processor. */
export async function runSimulation(body: () => Promise<Findings>): Promise<void> {
  await runToResult(body);
}

async function runToResult(body: () => Promise<Findings>): Promise<void> {
  try {
    const { result, details } = await body();
    const directory = join(repository, "bench/results");
    await mkdir(directory, { recursive: true });
    const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
    await writeFile(join(directory, `${result.bench}-${time}.json`), JSON.stringify({ result, details }, null, 2));
    process.stdout.write(`${formatResult(result)}\n${resultLine(result)}\n`);
    process.exitCode = result.pass ? 0 : 1;
  } catch (error) {
    process.stderr.write(`bench: ${describe(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Of a process that ended with this error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof Error && error.message === "interrupted" ? 130 : 1;
}
