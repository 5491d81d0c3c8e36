/** What became of one attempt to tell somebody. */
export type Attempt =
  | { readonly result: "delivered" }
  /** It was not taken, and may be later. */
  | (NotTaken & { readonly result: "retry"; readonly afterMs?: number | undefined })
  /** It was not taken, and will not be before a person changes something. */
  | (NotTaken & { readonly result: "refused" })
  /** It left this machine, and nobody knows whether it arrived. */
  | { readonly result: "uncertain"; readonly reason: string };

interface NotTaken {
  readonly reason: string;
  /** Of several recipients those that have got it, as the configuration has them: they are not told again. */
  readonly reached?: readonly string[] | undefined;
}

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Value of `Retry-After`. */
  readonly retryAfter?: string | undefined;
  readonly body: string;
}

/** A POST of JSON. */
export function jsonRequest(url: string, value: object, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return {
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

/** The verdict on an answer by its status alone; `inside` judges the body of one that is 2xx. */
export function judgeAnswer(
  answer: HttpAnswer,
  at: Date,
  inside: (body: string) => Attempt = () => delivered,
): Attempt {
  const { status, retryAfter, body } = answer;
  if (status >= 200 && status < 300) return inside(body);
  const reason = `answers ${status}${excerpt(body)}`;
  const isTemporary = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!isTemporary) return { result: "refused", reason };
  return { result: "retry", reason, afterMs: retryAfterMs(retryAfter, at) };
}

export const delivered: Attempt = { result: "delivered" };

/**
 * The verdict on answers that are always 200 and carry a code: 0 is success.
 *
 * @param codeNames names of the field that holds the code
 * @param waits codes that ask for patience, with milliseconds to wait
 */
export function judgeCode(
  body: string,
  codeNames: readonly string[],
  waits: Readonly<Record<number, number>>,
): Attempt {
  const answer = parseObject(body);
  const code = codeNames.map((name) => answer?.[name]).find((value) => typeof value === "number");
  if (code === 0) return delivered;
  if (typeof code !== "number") return { result: "refused", reason: `answers without a code${excerpt(body)}` };
  const reason = `answers code ${code}${excerpt(body)}`;
  const afterMs = waits[code];
  return afterMs === undefined ? { result: "refused", reason } : { result: "retry", reason, afterMs };
}

/** Milliseconds that `Retry-After` asks for: seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs(value: string | undefined, at: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - at.getTime());
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function excerpt(body: string): string {
  const text = body
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
  return text === "" ? "" : `: ${text}`;
}
