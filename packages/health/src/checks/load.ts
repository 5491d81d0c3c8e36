import type { LoadCheck } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import { withDeadline } from "../deadline.ts";
import type { DoorCall } from "../http/connection.ts";
import { unsendable } from "../http/exchange.ts";
import { filledRequest, notSent } from "../http/fill-request.ts";
import { requestHeaders } from "../http/request-headers.ts";
import { createHttpClient } from "../load/http-client.ts";
import { judgeLoad, type LoadAnswer } from "../load/judge-load.ts";
import { createReferences, type ReferenceOptions } from "../references.ts";
import { httpRoute, type ReachedTarget, socatAddress } from "../route.ts";
import { openTunnel } from "../tunnel.ts";

/** Requests at their times, over connections that begin in a door's container. Times include the way through the engine. */
export async function attemptLoad(
  means: Pick<DoorCall, "exec" | "clock"> & ReferenceOptions,
  check: LoadCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const route = httpRoute(check.service, target);
  if (!route) {
    const detail = `service ${check.service} has no HTTP door, and no address and port of it are known`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const { exec, clock } = means;
  const { rate, durationMs, connections, requestTimeoutMs } = check;
  const filled = filledRequest(check, createReferences(means));
  if (filled.missing !== undefined) return notSent(filled.missing);
  const request = { ...filled.value, headers: requestHeaders(filled.value.headers, route.headers) };
  let unable: unknown;
  const open = async () => {
    try {
      const { stream } = await openTunnel(exec, route.container, socatAddress(route), signal);
      if (route.preamble !== undefined) stream.write(route.preamble);
      return stream;
    } catch (error) {
      unable ??= error;
      throw error;
    }
  };
  await using client = createHttpClient(open, connections);
  // Opening a connection through the engine is no part of what is measured.
  const warm = Array.from({ length: connections }, () =>
    withDeadline(clock, requestTimeoutMs, signal, (both) => client.send(request, both), exec.engineMs),
  );
  try {
    await Promise.all(warm);
  } catch (error) {
    const why = unsendable(error);
    if (signal.aborted || why === undefined) throw error;
    return { result: "inconclusive", value: "cannot be sent", detail: why };
  }
  // That nothing can be run in the container is not what the release answers.
  if (unable !== undefined) throw unable;
  const begin = clock.monotonicMs();
  const answers: Promise<LoadAnswer>[] = [];
  let sentMs = 0;
  for (let index = 0; index < Math.round((rate * durationMs) / 1_000); index++) {
    const dueMs = begin + (index / rate) * 1_000;
    const early = dueMs - clock.monotonicMs();
    if (early > 1) await clock.sleep(early, signal);
    sentMs = clock.monotonicMs() - begin;
    const answer = sendOne(dueMs);
    // Whoever aborts in between waits for none of those that are under way.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  return judgeLoad(check, await Promise.all(answers), sentMs);

  async function sendOne(dueMs: number): Promise<LoadAnswer> {
    const timed = await withDeadline(clock, requestTimeoutMs, signal, (both) => client.send(request, both));
    return { ms: clock.monotonicMs() - dueMs, status: timed.done ? timed.value : null };
  }
}
