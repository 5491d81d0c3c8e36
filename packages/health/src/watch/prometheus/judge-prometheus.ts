import type { PrometheusCheck } from "@sluice/core";
import type { Sight } from "../sight.ts";
import type { PrometheusAnswer, PrometheusSample } from "./read-answer.ts";

type Limits = Pick<PrometheusCheck, "min" | "max">;

export function prometheusLimit({ min, max }: Limits): string {
  if (min === undefined) return `<= ${max}`;
  return max === undefined ? `>= ${min}` : `${min} to ${max}`;
}

/** Every sample must be within the limits. One outside is a fail; one that is no number says nothing. */
export function judgePrometheus(check: Limits, { samples, reason }: PrometheusAnswer): Sight {
  const limit = prometheusLimit(check);
  if (!samples) return { result: "no-data", value: "no answer to judge", limit, n: 0, detail: reason };
  const n = samples.length;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = check;
  const outside = samples.filter(({ value }) => value < min || value > max);
  if (outside.length > 0) return { result: "fail", value: shown(outside), limit, n };
  const unknown = samples.filter(({ value }) => Number.isNaN(value));
  if (unknown.length > 0) return { result: "no-data", value: shown(unknown), limit, n };
  return { result: "pass", value: shown(samples), limit, n };
}

const shownSamples = 3;

function shown(samples: readonly PrometheusSample[]): string {
  const texts = samples.slice(0, shownSamples).map(({ labels, value }) => `${shownNumber(value)}${labels}`);
  const more = samples.length - texts.length;
  return `${texts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const shownNumber = (value: number) => String(Number.isFinite(value) ? Number(value.toPrecision(4)) : value);
