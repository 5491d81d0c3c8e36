import { readdirSync, readFileSync } from "node:fs";
import { type MessagePort, parentPort, receiveMessageOnPort } from "node:worker_threads";

export interface ArgumentsWatched {
  /** Arguments of processes, each once, joined by spaces. */
  readonly lines: readonly string[];
  readonly looks: number;
}

/** A process may become another program after it is there: so long it is looked at every time, and then now and then. */
const youngMs = 2_000;
const oldEvery = 10;
/** Short next to what a program takes to start, long next to what a look takes: who looks all the time takes a core. */
const pauseMs = 16;

function watch(port: MessagePort): void {
  const lines = new Set<string>();
  // Of what was there at the last look: an id is given again, soon where many processes come and go.
  let born: ReadonlyMap<string, number> = new Map();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let looks = 0;
  port.postMessage("watching");
  while (!receiveMessageOnPort(port)) {
    looks += 1;
    const now = performance.now();
    const there = new Map<string, number>();
    for (const pid of readdirSync("/proc")) {
      if (pid < "0" || pid > ":") continue;
      const since = born.get(pid) ?? now;
      there.set(pid, since);
      if (now - since > youngMs && looks % oldEvery !== 0) continue;
      const line = argumentsOf(pid);
      if (line !== "") lines.add(line.replaceAll("\0", " ").trimEnd());
    }
    born = there;
    Atomics.wait(pause, 0, 0, pauseMs);
  }
  port.postMessage({ lines: [...lines], looks } satisfies ArgumentsWatched);
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}

if (parentPort) watch(parentPort);
