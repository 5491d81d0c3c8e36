import { setPriority, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandContext } from "./context.ts";
import { endsWithTerminal } from "./hang-up.ts";
import { goByProxies } from "./outside-proxies.ts";
import { runCli } from "./run-cli.ts";

const interruptedExitCode = 130;
/** An error that nobody caught is a bug; sysexits' EX_SOFTWARE. */
const internalErrorExitCode = 70;

/** As `nice -n 5`: noticeable beside containers under load, and free where the machine is idle. */
const lowPriority = 5;

const interruption = new AbortController();
const outputClosed = new AbortController();

const context: CommandContext = {
  createDeployer: async (options) => (await import("./wiring.ts")).createDeployer(options),
  resolveRelease: async (options) => (await import("./wiring.ts")).resolveRelease(options),
  openReleaseDesk: async (options) => (await import("./wiring.ts")).openReleaseDesk(options),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  binaryOutput: process.stdout,
  binaryInput: process.stdin,
  isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env["CI"],
  confirm: async (question, signal) => (await import("./confirm.ts")).confirm(question, signal),
  giveWay,
  cwd: process.cwd(),
  user: userName(),
  now: () => new Date(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  signal: interruption.signal,
  outputClosed: outputClosed.signal,
  // An error is told of in the turn after its callback.
  written: () => new Promise((resolve) => process.stdout.write("", () => setImmediate(resolve))),
};

function giveWay(): void {
  try {
    setPriority(lowPriority);
  } catch {
    // Somebody gave this process another one already, and it may not be raised.
  }
}

// A reader that has gone, or a terminal that was closed, ends what only shows something, and no deployment.
process.stdout.on("error", (error) => outputClosed.abort(error));
// There is no other place to say it.
process.stderr.on("error", () => {});

const stopping: NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
if (endsWithTerminal()) stopping.push("SIGHUP");
// Without a listener it would end the process all the same.
else process.on("SIGHUP", () => {});

// GitHub sends SIGINT, then SIGTERM, then kills: only the same signal again means that nobody wants to wait.
for (const name of stopping) {
  process.once(name, () => {
    process.once(name, () => process.exit(interruptedExitCode));
    if (!interruption.signal.aborted) interruption.abort(new Error(`interrupted by ${name}`));
  });
}

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    void import("./report-error.ts")
      .then(({ reportError }) => reportError(error, "plain", context))
      .finally(() => process.exit(internalErrorExitCode));
  });
}

goByProxies(process.env, process.stderr);
process.exitCode = await runCli(process.argv.slice(2), context);
await context.written();
// A socket that a dependency keeps open must not keep a command open that has ended.
process.exit();

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers have it.
    return process.env["USER"] ?? `uid ${process.getuid?.() ?? "?"}`;
  }
}
