import type { SlotWindow } from "@sluice/core";
import type { StepData } from "../action.ts";
import type { AttemptRecord } from "../record/journal-entries.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const countNames = ["requests", "errors", "http4xx", "clients", "clientsWithErrors"] as const;

/**
 * What the previous gave its users while it had some, by service, for the record of a shift: a later run that finishes the
 * deployment judges by it. Without latencies: those of another load are never compared.
 */
export function recordedData(recorded: ReadonlyMap<string, SlotWindow>): StepData {
  const counts = (window: SlotWindow) => Object.fromEntries(countNames.map((name) => [name, window[name]]));
  return recorded.size > 0
    ? { recorded: Object.fromEntries([...recorded].map(([service, window]) => [service, counts(window)])) }
    : {};
}

/** As the last shift that was done left it; empty in records of older versions. */
export function recordedOf({ outcomes }: Pick<AttemptRecord, "outcomes">): Map<string, SlotWindow> {
  const last = outcomes.findLast(({ result, data }) => result === "done" && isFields(data?.["recorded"]));
  const recorded = last?.data?.["recorded"];
  const windows = new Map<string, SlotWindow>();
  for (const [service, counts] of Object.entries(isFields(recorded) ? recorded : {})) {
    const window = windowOf(counts);
    if (window) windows.set(service, window);
  }
  return windows;
}

function windowOf(counts: unknown): SlotWindow | null {
  if (!isFields(counts) || !countNames.every((name) => Number.isFinite(counts[name]))) return null;
  const count = (name: (typeof countNames)[number]) => counts[name] as number;
  return {
    requests: count("requests"),
    errors: count("errors"),
    http4xx: count("http4xx"),
    clients: count("clients"),
    clientsWithErrors: count("clientsWithErrors"),
    latenciesMs: [],
  };
}
