import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";

interface Surroundings {
  /** One of the standard streams is a terminal. */
  readonly isOnTerminal: boolean;
  /** `/proc/PID/status` of the process that started this one; empty where there is none. */
  readonly parentStatus: string;
}

/**
 * Whether SIGHUP is to stop this process, as it comes when its terminal is closed. Who starts it under `nohup` or after
 * `trap '' HUP` wants it to go on. Node.js takes that back at its start, so it is told by what else can be seen of it:
 * `nohup` leaves no terminal in any stream, and a shell ignores the signal itself.
 */
export function endsWithTerminal({ isOnTerminal, parentStatus }: Surroundings = surroundings()): boolean {
  return isOnTerminal && !ignoresHangUp(parentStatus);
}

function surroundings(): Surroundings {
  return { isOnTerminal: [0, 1, 2].some((stream) => isatty(stream)), parentStatus: statusOf(process.ppid) };
}

function ignoresHangUp(status: string): boolean {
  const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGHUP - 1)) & 1n) === 1n;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // Not every system has one, and not every container shows it.
    return "";
  }
}
