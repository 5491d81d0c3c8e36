import { fillTemplate, type PrometheusCheck, type WatchTarget } from "@sluice/core";
import { getText } from "../../http/get-text.ts";
import { createReferences, type References } from "../../references.ts";
import type { Sight, Span } from "../sight.ts";
import { judgePrometheus, prometheusLimit } from "./judge-prometheus.ts";
import { readPrometheusAnswer } from "./read-answer.ts";

/** Asks the server at each look. */
export function watchPrometheus(
  means: Parameters<typeof createReferences>[0],
  check: PrometheusCheck,
  target: WatchTarget,
): Span {
  const references = createReferences(means);
  const query = fillTemplate(check.query, (name) => valueOf(target, name));
  return {
    limit: prometheusLimit(check),
    look: (_looks, signal) => ask(references, check, query, signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function valueOf({ stack, slot, release, previous }: WatchTarget, name: string): string {
  const values: Readonly<Record<string, string>> = { stack, slot, release, previous: previous?.release ?? "" };
  return values[name] ?? "";
}

async function ask(references: References, check: PrometheusCheck, query: string, signal: AbortSignal): Promise<Sight> {
  const nothing = { result: "no-data", limit: prometheusLimit(check), n: 0 } as const;
  const filled = references.fill({ url: check.url, headers: check.headers });
  if (filled.missing !== undefined)
    return { ...nothing, value: "not asked", detail: `${filled.missing} is not set in the environment` };
  const { url, headers } = filled.value;
  const body = new URLSearchParams({ query });
  const answer = await getText(`${url.replace(/\/+$/, "")}/api/v1/query`, { method: "POST", headers, body }, signal);
  if (answer.failure !== undefined)
    return { ...nothing, value: "no answer", detail: references.redact(answer.failure) };
  const sight = judgePrometheus(check, readPrometheusAnswer(answer.status, answer.text));
  return sight.detail === undefined ? sight : { ...sight, detail: references.redact(sight.detail) };
}
