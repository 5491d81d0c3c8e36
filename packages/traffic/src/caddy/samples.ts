import type { RequestSample } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { doorFiles } from "./door-files.ts";
import { parseSample } from "./parse-sample.ts";

/** Between two tries to follow a door that does not answer, in milliseconds. */
const retryMs = 250;

/** The reader of the log must end with whoever asked for it: it is ended when its standard input is. */
const follow = (position: number) =>
  `tail -c +${position + 1} -F ${doorFiles.log} 2>/dev/null & reader=$!; cat > /dev/null; kill $reader; wait $reader`;

/**
 * Requests as they end. A door that restarts is followed again as soon as it answers, from where it was followed to; what ends
 * in the second in which the log gets its next file may be missed.
 */
export async function* followSamples(
  link: DoorLink,
  signal: AbortSignal,
): AsyncGenerator<RequestSample, void, undefined> {
  let seen: number | null = null;
  while (!signal.aborted) {
    try {
      const size = await logSize(link, signal);
      const from: number = seen === null || seen > size ? size : seen;
      seen = from;
      for await (const { line, bytes } of followLog(link, from, signal)) {
        seen += bytes;
        const sample = parseSample(line);
        if (sample) yield sample;
      }
    } catch (error) {
      if (signal.aborted) return;
      // The first call tells a door that is not there; later the door may be just restarting.
      if (seen === null) throw error;
    }
    await link.clock.sleep(retryMs, signal).catch(() => undefined);
  }
}

async function logSize({ shell }: DoorLink, signal: AbortSignal): Promise<number> {
  return Number(await shell.run(`[ ! -f ${doorFiles.log} ] || wc -c < ${doorFiles.log}`, signal));
}

/** Ends when the door does, or when the signal aborts. */
async function* followLog(
  link: DoorLink,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly line: string; readonly bytes: number }, void, undefined> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const command = ["sh", "-c", follow(from)];
  const stream = await link.exec.stream(link.door, command, { stdin: heldOpen(stop), signal: stop });
  stream.done.catch(() => undefined);
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of stream.stdout) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield { line: rest.subarray(0, end).toString(), bytes: end + 1 };
        rest = rest.subarray(end + 1);
      }
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    over.abort();
  }
}

async function* heldOpen(until: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  yield new Uint8Array([10]);
  if (until.aborted) return;
  await new Promise((resolve) => until.addEventListener("abort", resolve, { once: true }));
}
