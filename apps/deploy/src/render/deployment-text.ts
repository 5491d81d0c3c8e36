import { formatDuration, type ModelChange } from "@sluice/core";
import type { AttemptRecord } from "../context.ts";
import { formatSection, formatTable } from "./table.ts";

/**
 * One deployment of the record: who, why, what it changed in the compose model, its steps and its end.
 *
 * @param logs the command that reads what its containers wrote; empty where nothing is kept
 */
export function deploymentText({ start, outcomes, end }: AttemptRecord, logs = ""): string {
  const { deployment, kind, tag, actor, reason, consents, origin, at } = start;
  const took = end ? ` after ${formatDuration(end.durationMs)}` : "";
  const facts = [
    ["begun", at],
    ["by", [actor, origin?.host, origin?.run].filter(Boolean).join(", ")],
    ["why", reason],
    ["consents", consents.join("; ")],
    ["outcome", end ? `${end.outcome}${took}${end.reason ? `: ${end.reason}` : ""}` : "no end"],
    ["logs", logs],
  ].filter(([, value]) => value !== "");
  const targets = new Map(start.plan.steps.map((step) => [step.id, `${step.kind} ${step.target}`]));
  const steps = outcomes.map(({ step, result, durationMs, error }) => [
    targets.get(step) ?? step,
    result,
    formatDuration(durationMs),
    error ? `${error.code}: ${error.message}` : "",
  ]);
  return [
    `${deployment}: ${kind} ${tag}\n${formatTable([], facts)}`,
    formatSection("compose model", changesText(start)),
    formatSection("steps", formatTable(["step", "result", "took", ""], steps)),
  ].join("");
}

function changesText({ modelChanges }: AttemptRecord["start"]): string {
  if (modelChanges === undefined) return "not recorded: an older version of sluice did it";
  if (modelChanges === null) return "not compared: no release served before, or its bundle is gone";
  const { listed, omitted } = modelChanges;
  if (listed.length === 0) return "unchanged";
  const rows = listed.map((each) => [signs[each.change], each.path, valueText(each)]);
  const more = omitted > 0 ? `and ${omitted} more\n` : "";
  return `${formatTable([], rows)}${more}`;
}

const signs: Readonly<Record<ModelChange["change"], string>> = { added: "+", changed: "~", removed: "-" };

function valueText({ before, after }: ModelChange): string {
  return [before, after].filter((value) => value !== undefined).join(" -> ");
}
