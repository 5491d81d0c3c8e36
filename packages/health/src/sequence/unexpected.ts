import { isDeepStrictEqual } from "node:util";
import { keepStart, parseJsonPath, type SequenceStep, valueAt } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import { shownAnswer } from "../checks/http.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { parseBody } from "./capture.ts";

const shownLength = 100;

/** The first thing of an answer that is not as expected, with what it should have been; `null` when all is. */
export function whatIsUnexpected(
  { status, contains, json }: SequenceStep["expect"],
  answer: HttpAnswer,
  redact: (text: string) => string,
): Pick<Attempt, "value" | "limit" | "detail"> | null {
  // Before it is cut: half a secret would not be known as one.
  const detail = shownAnswer({ ...answer, body: redact(answer.body) });
  const shownJson = (value: unknown) => keepStart(redact(JSON.stringify(value)), shownLength);
  const wrong = (value: string, limit: string) => ({ value, limit, detail });
  const isExpected = status.length > 0 ? status.includes(answer.status) : answer.status >= 200 && answer.status < 400;
  const limit = status.length > 0 ? `status ${status.join(" or ")}` : "status 200 to 399";
  if (!isExpected) return wrong(`status ${answer.status}`, limit);
  if (!answer.complete) return wrong(`status ${answer.status}, answer cut off`, "a whole answer");
  if (contains !== undefined && !answer.body.includes(contains)) {
    return wrong(`status ${answer.status}, another body`, `body with ${JSON.stringify(contains)}`);
  }
  const entries = Object.entries(json);
  const body = entries.length > 0 ? parseBody(answer.body) : null;
  for (const [path, wanted] of entries) {
    const found = body ? valueAt(body.value, parseJsonPath(path) ?? []) : undefined;
    if (body && isDeepStrictEqual(found, wanted)) continue;
    const value = body
      ? `${path} is ${found === undefined ? "not there" : shownJson(found)}`
      : "a body that is not JSON";
    return wrong(value, `${path} = ${shownJson(wanted)}`);
  }
  return null;
}
