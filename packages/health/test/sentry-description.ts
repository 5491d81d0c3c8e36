/**
 * What the public description of Sentry's web API (OpenAPI document v0 of github.com/getsentry/sentry-api-schema, as of August
 * 2026) says of the calls that are made: parameters that there are and what they may be, and what an answer holds.
 */
type Rule = (value: unknown) => boolean;

interface DescribedCall {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  readonly query?: Readonly<Record<string, Rule>>;
  readonly body?: { readonly properties: Readonly<Record<string, Rule>>; readonly required: readonly string[] };
  /** By status; `null` for one without a described body. */
  readonly answers: Readonly<Record<number, Rule | null>>;
}

const text: Rule = (value) => typeof value === "string";
const atMost =
  (length: number): Rule =>
  (value) =>
    typeof value === "string" && value.length <= length;
const whole: Rule = (value) => /^-?\d+$/.test(String(value));
const moment: Rule = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)) && value.includes("T");
const listOf =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.every(rule);
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);
const has =
  (required: readonly string[], properties: Readonly<Record<string, Rule>>): Rule =>
  (value) => {
    if (typeof value !== "object" || value === null) return false;
    const entries = value as Readonly<Record<string, unknown>>;
    const holds = (name: string) => properties[name]?.(entries[name]) ?? true;
    return required.every((name) => name in entries && holds(name));
  };

const levels = ["sample", "debug", "info", "warning", "error", "fatal", "unknown"];
const statuses = ["resolved", "ignored", "pending_deletion", "pending_merge", "reprocessing", "unresolved"];
const refused = { 400: null, 401: null, 403: null, 404: null };

const calls: readonly DescribedCall[] = [
  {
    name: "list issues",
    method: "GET",
    path: /^\/api\/0\/organizations\/[^/]+\/issues\/$/,
    query: {
      environment: text,
      project: (value) => whole(value) || text(value),
      statsPeriod: (value) => /^\d+[smhdw]$/.test(String(value)),
      query: text,
      limit: whole,
      cursor: (value) => text(value) && value !== "",
    },
    answers: {
      200: listOf(
        has(["id", "shortId", "title", "level", "status", "count", "project"], {
          id: text,
          shortId: text,
          title: text,
          level: (value) => levels.includes(String(value)),
          status: (value) => statuses.includes(String(value)),
          count: text,
          firstSeen: moment,
          project: has(["id", "name", "slug", "platform"], {
            id: text,
            name: text,
            slug: text,
            platform: orNull(text),
          }),
        }),
      ),
      ...refused,
    },
  },
  {
    name: "create a release",
    method: "POST",
    path: /^\/api\/0\/organizations\/[^/]+\/releases\/$/,
    body: {
      properties: {
        version: atMost(200),
        projects: listOf(text),
        ref: orNull(atMost(200)),
        url: orNull(text),
        dateReleased: orNull(moment),
      },
      required: ["version", "projects"],
    },
    answers: {
      201: has(["id", "version", "shortVersion", "status", "newGroups", "projects", "deployCount", "commitCount"], {
        id: (value) => typeof value === "number",
        version: text,
      }),
      208: null,
      ...refused,
    },
  },
  {
    name: "create a deploy",
    method: "POST",
    path: /^\/api\/0\/organizations\/[^/]+\/releases\/[^/]+\/deploys\/$/,
    body: {
      properties: {
        environment: atMost(64),
        name: orNull(atMost(64)),
        url: orNull(text),
        dateStarted: orNull(moment),
        dateFinished: orNull(moment),
        projects: listOf(text),
      },
      required: ["environment"],
    },
    answers: {
      201: has(["id", "environment", "dateStarted", "dateFinished", "name", "url"], {
        id: text,
        environment: text,
        dateFinished: moment,
      }),
      ...refused,
    },
  },
];

/** The described call of a request, and what is wrong with it; `null` where there is none such. */
export function describeCall(
  method: string,
  url: URL,
  body: unknown,
): { readonly call: DescribedCall; readonly problems: readonly string[] } | null {
  const call = calls.find((one) => one.method === method && one.path.test(url.pathname));
  if (!call) return null;
  const wrongQuery = [...url.searchParams].flatMap(([name, value]) =>
    call.query?.[name]?.(value) ? [] : [`${call.name}: parameter ${name}=${value}`],
  );
  const entries = Object.entries((body ?? {}) as Readonly<Record<string, unknown>>);
  const wrongBody = entries.flatMap(([name, value]) =>
    call.body?.properties[name]?.(value) ? [] : [`${call.name}: ${name} = ${JSON.stringify(value)}`],
  );
  const missing = (call.body?.required ?? []).filter((name) => !entries.some(([own]) => own === name));
  return { call, problems: [...wrongQuery, ...wrongBody, ...missing.map((name) => `${call.name}: no ${name}`)] };
}

/** What is wrong with an answer of a stand-in. Statuses of a busy or broken server are nobody's description. */
export function answerProblems({ name, answers }: DescribedCall, status: number, body: unknown): readonly string[] {
  if (status === 429 || status >= 500) return [];
  const rule = answers[status];
  if (rule === undefined) return [`${name}: status ${status} is not described`];
  return rule === null || rule(body) ? [] : [`${name}: answer ${status} is ${JSON.stringify(body)}`];
}
