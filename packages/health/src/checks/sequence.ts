import type { SequenceCheck, SequenceStep } from "@sluice/core";
import { type Attempt, maskedAttempt } from "../attempt.ts";
import type { DoorCall } from "../http/connection.ts";
import { exchangeThrough } from "../http/door-exchange.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { notSent } from "../http/fill-request.ts";
import type { ReferenceOptions } from "../references.ts";
import { httpRoute, type ReachedTarget } from "../route.ts";
import { captureFrom } from "../sequence/capture.ts";
import { type CookieJar, createCookieJar } from "../sequence/cookies.ts";
import { filledStep } from "../sequence/fill.ts";
import { whatIsUnexpected } from "../sequence/unexpected.ts";
import { createValues, type Values } from "../sequence/values.ts";

interface SequenceMeans extends Pick<DoorCall, "exec" | "clock">, ReferenceOptions {
  readonly onStep: (step: string) => void;
}

/** The steps one after the other, by a client that keeps cookies; the first that is not as expected ends it. */
export async function attemptSequence(
  means: SequenceMeans,
  { service, steps, timeoutMs }: SequenceCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const route = httpRoute(service, target);
  if (!route) {
    const detail = `service ${service} has no HTTP door, and no address and port of it are known`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const { exec, clock, onStep } = means;
  const call = { exec, clock, route, timeoutMs, signal };
  const values = createValues(means.environment ?? {}, means.onSecrets);
  const jar = await createCookieJar();
  const began = clock.monotonicMs();
  for (const [index, step] of steps.entries()) {
    const at = `step ${index + 1} of ${steps.length} (${step.name})`;
    onStep(at);
    const wrong = await runStep(call, step, values, jar);
    if (wrong) return maskedAttempt({ ...wrong, value: `${at}: ${wrong.value}` }, (text) => values.redact(text));
  }
  const took = Math.round(clock.monotonicMs() - began - exec.engineMs());
  return { result: "pass", value: `${steps.length} steps in ${took} ms` };
}

/** What is wrong with a step, or `null` after it was as expected and gave its values. */
async function runStep(call: DoorCall, written: SequenceStep, values: Values, jar: CookieJar): Promise<Attempt | null> {
  const step = filledStep(written, values);
  if ("missing" in step) return notSent(step.missing);
  const { method, path, body } = step;
  const headers = { ...(await jar.headers(path)), ...step.headers };
  const { failure, answer } = await exchangeThrough(call, { method, path, headers, body });
  if (failure) return failure;
  await jar.take(path, answer.headers["set-cookie"] ?? []);
  // Before anything of the answer is shown: what it gives may be secret.
  const missing = captureAll(step, answer, values);
  const unexpected = whatIsUnexpected(step.expect, answer, (text) => values.redact(text));
  if (unexpected) return { result: "fail", ...unexpected };
  return missing;
}

function captureAll({ capture }: SequenceStep, answer: HttpAnswer, values: Values): Attempt | null {
  let missing: Attempt | null = null;
  for (const [name, source] of Object.entries(capture)) {
    const found = captureFrom(answer, source);
    if (found.value !== undefined) values.set(name, found.value, source.secret);
    else
      missing ??= {
        result: "fail",
        value: `no ${name} in the answer`,
        limit: `${source.from} ${source.at}`,
        detail: found.reason,
      };
  }
  return missing;
}
