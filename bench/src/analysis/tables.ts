import type { AnalysisResults } from "../analysis-limits.ts";
import { formatNumber, formatTable } from "../table.ts";
import { effects } from "./cells.ts";
import type { CellResult, Detection } from "./measure-cells.ts";

/** The tables for people and for the docs: errors by cell, then bursts, latencies and whole deployments. */
export function analysisTables(
  { cells, bursts, latencies, deployments }: AnalysisResults,
  format = formatTable,
): string {
  return [
    "errors: false rollbacks in % of deployments; per effect: % caught, seconds until then, users hurt (sluice | fixed 1 %)",
    "",
    format([
      ["rate", "share", "base", "false", ...effects.map((points) => `+${points} points`)],
      ...cells.map(cellRow),
    ]),
    "",
    "bursts: identical versions, one client of the candidate in trouble for a minute; false rollbacks in % (sluice | fixed 1 %)",
    "",
    format([
      ["rate", "share", "clients", "false rollbacks"],
      ...bursts.map(({ rate, share, clients, falseRollbacks }) => [
        rate,
        `${share} %`,
        String(clients),
        `${formatNumber(falseRollbacks.sluice)} | ${formatNumber(falseRollbacks.fixed)}`,
      ]),
    ]),
    "",
    "latency: identical versions, and one that takes twice as long",
    "",
    format([
      ["rate", "share", "clients", "false rollbacks", "caught", "seconds"],
      ...latencies.map(({ rate, share, clients, falseRollbacks, caught, seconds }) => [
        rate,
        `${share} %`,
        String(clients),
        `${formatNumber(falseRollbacks)} %`,
        `${formatNumber(caught)} %`,
        formatNumber(seconds),
      ]),
    ]),
    "",
    "deployments: identical versions over all steps and the bake, all judgements at once; false rollbacks in %, and how many for what",
    "",
    format([
      ["rate", "base", "clients", "steps", "false rollbacks", "because of", "4xx shown"],
      ...deployments.map(({ rate, base, clients, steps, falseRollbacks, because, shown4xx }) => [
        rate,
        `${formatNumber(base)} %`,
        String(clients),
        steps,
        formatNumber(falseRollbacks),
        Object.entries(because)
          .map(([name, count]) => `${name}: ${count}`)
          .join("; ") || "-",
        formatNumber(shown4xx),
      ]),
    ]),
  ].join("\n");
}

function cellRow({ rate, share, base, falseRollbacks, detections }: CellResult): readonly string[] {
  const { sluice, fixed } = falseRollbacks;
  return [
    rate,
    `${formatNumber(share)} %`,
    `${formatNumber(base)} %`,
    `${formatNumber(sluice)} | ${formatNumber(fixed)}`,
    ...detections.map((one) => `${detectionText(one.sluice)} | ${detectionText(one.fixed)}`),
  ];
}

const detectionText = ({ caught, seconds, hurt }: Detection): string =>
  caught === 0 ? "0" : `${Math.round(caught)} % ${formatNumber(seconds)} s ${formatNumber(Math.round(hurt))}`;
