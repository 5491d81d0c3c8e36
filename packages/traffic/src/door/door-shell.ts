import { randomBytes } from "node:crypto";
import { type Clock, type ContainerExec, type ExecSession, isFullDisk, isSluiceError, SluiceError } from "@sluice/core";

export interface DoorShell extends AsyncDisposable {
  /**
   * Runs a script and gives what it wrote, both streams. Scripts come from this package and hold only fixed words and
   * checked numbers.
   *
   * @throws SluiceError DOOR_FAILED when the door does not answer in time or the script fails, not retryable when it is gone
   */
  run(script: string, signal?: AbortSignal): Promise<string>;
}

export interface DoorShellOptions {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly door: string;
  /** For one script, in milliseconds. */
  readonly timeoutMs: number;
  readonly makeRoom?: MakeRoom | undefined;
}

/**
 * Gives back some room on the engine's disk, where something was kept for that; resolves `false` where nothing was. An engine
 * that starts a process in a container writes down which one, mostly on the disk that it has everything on.
 */
export type MakeRoom = () => Promise<boolean>;

interface Turn {
  readonly marker: string;
  readonly resolve: (answer: { readonly output: string; readonly exitCode: number }) => void;
  readonly reject: (error: unknown) => void;
}

interface OpenShell {
  readonly session: ExecSession;
  readonly turns: Turn[];
  broken: boolean;
}

/** A shell in the door that stays open: a command costs milliseconds instead of a new process on the engine. */
export function createDoorShell({ exec, clock, door, timeoutMs, makeRoom }: DoorShellOptions): DoorShell {
  let opening: Promise<OpenShell> | undefined;
  let turn = 0;

  const open = async (): Promise<OpenShell> => {
    const session = await exec.open(door, ["sh"]);
    const shell: OpenShell = { session, turns: [], broken: false };
    void readAnswers(shell).catch(() => undefined);
    return shell;
  };
  const drop = async (shell: OpenShell) => {
    shell.broken = true;
    for (const waiting of shell.turns.splice(0)) waiting.reject(new BrokenShell());
    try {
      await shell.session[Symbol.asyncDispose]();
    } catch {
      // It was broken already.
    }
  };
  const current = async (): Promise<OpenShell> => {
    opening ??= open();
    const mine = opening;
    const shell = await mine.catch(() => undefined);
    if (shell && !shell.broken) return shell;
    if (opening === mine) opening = undefined;
    return shell ? current() : mine;
  };

  const take = async (script: string) => {
    const shell = await current();
    turn += 1;
    const marker = `${randomBytes(12).toString("hex")}-${turn}`;
    const answer = new Promise<{ output: string; exitCode: number }>((resolve, reject) => {
      shell.turns.push({ marker, resolve, reject });
    });
    answer.catch(() => undefined);
    try {
      // In a shell of its own: what a script sets, as `set -e`, must not hold for those after it.
      await shell.session.write(`( ${script}\n) </dev/null 2>&1; printf '\\n%s %d\\n' ${marker} $?\n`);
    } catch (error) {
      await drop(shell);
      throw new BrokenShell({ cause: error });
    }
    return { shell, answer };
  };

  const attempt = async (script: string, signal: AbortSignal | undefined) => {
    let isTaken = false;
    const taken = take(script);
    const answered = taken.then(({ answer }) => {
      isTaken = true;
      return answer;
    });
    answered.catch(() => undefined);
    const stop = new AbortController();
    const late = clock.sleep(timeoutMs, stop.signal).then(
      () => "late" as const,
      () => "late" as const,
    );
    const aborted = signal ? [whenAborted(signal, stop.signal)] : [];
    try {
      const result = await Promise.race([answered, late, ...aborted]);
      if (result !== "late") return result;
    } finally {
      stop.abort();
    }
    // Whether it is the shell that hangs or its opening: nobody else shall wait for it.
    if (!isTaken) opening = undefined;
    void taken.then(({ shell }) => drop(shell)).catch(() => undefined);
    throw new SluiceError("DOOR_FAILED", `door ${door} did not answer within ${timeoutMs} ms`, {
      hint: `look at \`docker logs ${door}\``,
      retryable: true,
    });
  };

  /** Whoever else writes to a full disk takes what is given back, too: it is tried some times. */
  const attemptWithRoom = async (script: string, signal: AbortSignal | undefined, parts = 3) => {
    try {
      return await attempt(script, signal);
    } catch (error) {
      if (parts === 0 || !findsNoRoom(error) || !(await makeRoom?.())) throw error;
      return attemptWithRoom(script, signal, parts - 1);
    }
  };

  const run = async (script: string, signal?: AbortSignal): Promise<string> => {
    signal?.throwIfAborted();
    try {
      // A shell may have died long ago with a door that was restarted since: such a call is worth a second one.
      const { output, exitCode } = await attempt(script, signal).catch((error: unknown) => {
        if (error instanceof BrokenShell || findsNoRoom(error)) return attemptWithRoom(script, signal);
        throw error;
      });
      if (exitCode === 0) return output;
      throw new SluiceError("DOOR_FAILED", `door ${door} refused a command (exit code ${exitCode})`, {
        hint: `look at \`docker logs ${door}\``,
        detail: output.trim().slice(-2000),
        // As what it asks does while it starts or reloads.
        retryable: true,
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (isSluiceError(error) && error.code === "DOOR_FAILED") throw error;
      if (isGone(error)) {
        const hint = "its container was removed; sluice deploy makes it anew";
        throw new SluiceError("DOOR_FAILED", `door ${door} is not there any more`, { hint, cause: error });
      }
      if (findsNoRoom(error)) {
        throw new SluiceError("DISK_FULL", `door ${door} cannot be talked to: the engine's disk is full`, {
          hint: "free some of it (`docker builder prune`, what containers logged), then do it again",
          cause: error,
        });
      }
      throw new SluiceError("DOOR_FAILED", `door ${door} cannot be talked to`, {
        hint: `see that it runs: \`docker ps -a --filter id=${door}\``,
        retryable: true,
        cause: error,
      });
    }
  };

  return {
    run,
    async [Symbol.asyncDispose]() {
      const shell = await opening?.catch(() => undefined);
      opening = undefined;
      if (shell) await drop(shell);
    },
  };
}

/** Whoever runs processes in containers says that it is no use to ask again. */
function isGone(error: unknown): boolean {
  return isSluiceError(error) && error.code === "EXEC_FAILED" && !error.retryable;
}

/** The engine had no room to start the shell. */
function findsNoRoom(error: unknown): boolean {
  const isOfShell = error instanceof BrokenShell || (isSluiceError(error) && error.code === "EXEC_FAILED");
  return isOfShell && isFullDisk(error.message);
}

class BrokenShell extends Error {
  override readonly name = "BrokenShell";
  constructor({ said = "", cause }: { readonly said?: string; readonly cause?: unknown } = {}) {
    super(`the shell in the door ended${said.trim() && `: ${said.trim()}`}`, { cause });
  }
}

/** Hands each answer to the turn whose marker ends it. */
async function readAnswers(shell: OpenShell): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of shell.session.stdout) {
      text += decoder.decode(chunk, { stream: true });
      for (let [next] = shell.turns; next !== undefined; [next] = shell.turns) {
        const end = text.indexOf(`\n${next.marker} `);
        const lineEnd = text.indexOf("\n", end + 1);
        if (end === -1 || lineEnd === -1) break;
        const exitCode = Number(text.slice(end + next.marker.length + 2, lineEnd));
        shell.turns.shift();
        next.resolve({ output: text.slice(0, end), exitCode });
        text = text.slice(lineEnd + 1);
      }
    }
  } finally {
    shell.broken = true;
    // Of a process that could not be started, the engine says so where the process would have answered.
    for (const waiting of shell.turns.splice(0)) waiting.reject(new BrokenShell({ said: text.slice(-500) }));
  }
}

/** Rejects with the signal's reason when it aborts; lets go of it when `until` does. */
function whenAborted(signal: AbortSignal, until: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: until });
  });
  aborted.catch(() => undefined);
  return aborted;
}
