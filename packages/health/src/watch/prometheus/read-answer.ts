/** One sample of an instant query. */
export interface PrometheusSample {
  /** `{instance="web:8080"}`; empty for a scalar. */
  readonly labels: string;
  /** May be infinite or not a number: Prometheus has both. */
  readonly value: number;
}

export type PrometheusAnswer =
  | { readonly samples: readonly PrometheusSample[]; readonly reason?: undefined }
  | { readonly samples?: undefined; readonly reason: string };

/**
 * Reads an answer of `/api/v1/query` (https://prometheus.io/docs/prometheus/latest/querying/api/). Whatever a server or
 * something in between may send: what says nothing gives the reason. Never throws.
 */
export function readPrometheusAnswer(status: number, body: string): PrometheusAnswer {
  const answer = parse(body);
  if (!isRecord(answer)) return { reason: `status ${status}, and no JSON object` };
  if (answer["status"] !== "success") {
    const { errorType, error } = answer;
    return { reason: `status ${status}, ${[errorType, error].filter((text) => typeof text === "string").join(": ")}` };
  }
  if (status !== 200) return { reason: `status ${status}` };
  const { data } = answer;
  if (!isRecord(data)) return { reason: "an answer without data" };
  const { resultType, result } = data;
  if (resultType === "scalar") return toSamples([{ metric: {}, value: result }]);
  if (resultType !== "vector" || !Array.isArray(result)) {
    return { reason: `the query gives a ${String(resultType)}, expected a vector or a scalar` };
  }
  return result.length === 0 ? { reason: "the query gives no sample" } : toSamples(result);
}

function toSamples(found: readonly unknown[]): PrometheusAnswer {
  const samples: PrometheusSample[] = [];
  for (const one of found) {
    const pair = isRecord(one) ? one["value"] : undefined;
    const text: unknown = Array.isArray(pair) ? pair[1] : undefined;
    if (typeof text !== "string" || text.trim() === "") return { reason: "a sample without a value" };
    samples.push({ labels: shownLabels(isRecord(one) ? one["metric"] : undefined), value: toNumber(text) });
  }
  return { samples };
}

function toNumber(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

function shownLabels(metric: unknown): string {
  if (!isRecord(metric)) return "";
  const pairs = Object.entries(metric).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length > 0 ? `{${pairs.join(", ")}}` : "";
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
