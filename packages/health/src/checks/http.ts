import { formatDuration, type HttpCheck, keepStart } from "@sluice/core";
import { type Attempt, maskedAttempt } from "../attempt.ts";
import type { DoorCall } from "../http/connection.ts";
import { exchangeThrough } from "../http/door-exchange.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { filledRequest, notSent } from "../http/fill-request.ts";
import { createReferences, type Filled, type ReferenceOptions, type References } from "../references.ts";
import { httpRoute, type ReachedTarget } from "../route.ts";

/** Enough of an answer to recognise it by. */
const shownLength = 300;

export function httpLimit({ expect }: HttpCheck): string {
  const parts = [expect.status.length > 0 ? `status ${expect.status.join(" or ")}` : "status 200 to 399"];
  if (expect.body !== undefined) parts.push(`body with ${JSON.stringify(expect.body)}`);
  for (const [name, value] of Object.entries(expect.headers))
    parts.push(value ? `${name}: ${value}` : `a header ${name}`);
  if (expect.maxMs !== undefined) parts.push(`within ${formatDuration(expect.maxMs)}`);
  return parts.join(", ");
}

/** One request from inside a door's container through its own port: the way that users take. */
export async function attemptHttp(
  means: Pick<DoorCall, "exec" | "clock"> & ReferenceOptions,
  check: HttpCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const route = httpRoute(check.service, target);
  if (!route) {
    const detail = `service ${check.service} has no HTTP door, and no address and port of it are known`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const { exec, clock } = means;
  const references = createReferences(means);
  const redact = (text: string) => references.redact(text);
  const request = filledRequest(check, references);
  if (request.missing !== undefined) return notSent(request.missing);
  const expected = filledExpectation(check.expect, references);
  if (expected.missing !== undefined) return notSent(expected.missing);
  const call = { exec, clock, route, timeoutMs: check.timeoutMs, signal };
  const { failure, answer, elapsedMs } = await exchangeThrough(call, request.value);
  return maskedAttempt(failure ?? judgeAnswer(expected.value, answer, elapsedMs, redact), redact);
}

function filledExpectation(
  expected: HttpCheck["expect"],
  references: Pick<References, "fill">,
): Filled<HttpCheck["expect"]> {
  const filled = references.fill({ headers: expected.headers, body: expected.body ?? "" });
  if (filled.missing !== undefined) return filled;
  const { headers, body } = filled.value;
  return { value: { ...expected, headers, body: expected.body === undefined ? undefined : body } };
}

function judgeAnswer(
  expect: HttpCheck["expect"],
  answer: HttpAnswer,
  elapsedMs: number,
  redact: (text: string) => string,
): Attempt {
  const { status, body, headers, complete } = answer;
  // Before it is cut: half a secret would not be known as one.
  const fail = (value: string): Attempt => ({
    result: "fail",
    value,
    detail: shownAnswer({ ...answer, body: redact(body) }),
  });
  const isExpected = expect.status.length > 0 ? expect.status.includes(status) : status >= 200 && status < 400;
  if (!isExpected) return fail(`status ${status}`);
  if (!complete) return fail(`status ${status}, answer cut off`);
  if (expect.body !== undefined && !body.includes(expect.body)) return fail(`status ${status}, another body`);
  for (const [name, wanted] of Object.entries(expect.headers)) {
    const got = headers[name.toLowerCase()];
    if (got === undefined) return fail(`status ${status}, no header ${name}`);
    if (wanted && String(got) !== wanted) return fail(`${name}: ${String(got)}`);
  }
  const took = `${Math.round(elapsedMs)} ms`;
  if (expect.maxMs !== undefined && elapsedMs > expect.maxMs) return fail(`status ${status} after ${took}`);
  return { result: "pass", value: `status ${status} in ${took}` };
}

export function shownAnswer({ status, body }: HttpAnswer): string {
  return `status ${status}, body ${JSON.stringify(keepStart(body, shownLength))}`;
}
