import type { RequestSample } from "@sluice/core";
import { doorFiles, requestRing } from "./door-files.ts";
import type { DoorLink } from "./door-link.ts";
import { observeEpoch } from "./observe-traffic.ts";
import { parseSample } from "./parse-sample.ts";

/** Between two tries to follow a door that does not answer, in milliseconds. */
const retryMs = 250;

/**
 * Requests as they end. Over a reload it goes on with the new process from that process's first request; what the old
 * one still ends after that is not seen. A door that restarts is followed again as soon as it answers.
 */
export async function* followSamples(
  link: DoorLink,
  signal: AbortSignal,
): AsyncGenerator<RequestSample, void, undefined> {
  let seen: string | null = null;
  while (!signal.aborted) {
    try {
      const epoch: string = await observeEpoch(link, signal);
      const isNew: boolean = seen !== null && seen !== epoch;
      seen = epoch;
      for await (const line of followRing(link, isNew ? "-w" : "-w -n", signal)) {
        const sample = parseSample(line);
        if (sample) yield sample;
      }
    } catch (error) {
      if (signal.aborted) return;
      // The first call tells a door that is not there; later the door may be just restarting.
      if (seen === null) throw error;
      await link.clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }
}

/** Ends when the door's process does, when this router reloads the door, or when the signal aborts. */
async function* followRing(
  link: DoorLink,
  flags: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const reload = new AbortController();
  const stop = AbortSignal.any([signal, reload.signal]);
  link.reloaded.addEventListener("reload", () => reload.abort(), { once: true, signal: stop });
  const stream = await link.exec.stream(link.door, ["socat", "-t", "1", "-", `UNIX-CONNECT:${doorFiles.adminSocket}`], {
    stdin: heldOpen(`show events ${requestRing} ${flags}\n`, stop),
    signal: stop,
  });
  stream.done.catch(() => undefined);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of stream.stdout) {
      text += decoder.decode(chunk, { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    reload.abort();
  }
}

/** The socket ends a follow when its other side closes; so standard input stays open until nobody wants more. */
async function* heldOpen(command: string, until: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(command);
  if (until.aborted) return;
  await new Promise((resolve) => until.addEventListener("abort", resolve, { once: true }));
}
