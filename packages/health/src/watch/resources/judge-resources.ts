import type { ContainerFall, ContainerUsage, ResourcesCheck } from "@sluice/core";
import type { Sight } from "../sight.ts";
import { type Growth, growthNeeds, growthOf, hasSettled } from "./growth.ts";
import { mebibytes } from "./mebibytes.ts";
import { reachesLimit } from "./reaches-limit.ts";

/** What one container used, oldest first. */
export interface UsageSeries {
  /** For people. */
  readonly name: string;
  readonly samples: readonly ContainerUsage[];
  /** Bytes that a container of this service of the version before uses at most; `null` where that is not known. */
  readonly previousBytes: number | null;
}

export interface ResourcesSeen {
  readonly series: readonly UsageSeries[];
  readonly falls: readonly ContainerFall[];
}

export function resourcesLimit({ memory, growth, cpuMax, restarts }: ResourcesCheck): string {
  const parts = [
    ...(memory.max === undefined ? [] : [mebibytes(memory.max)]),
    `${memory.ofLimit} % of a memory limit`,
    `${mebibytes(growth.max)} more a minute`,
    ...(cpuMax === undefined ? [] : [`${cpuMax} % of a processor`]),
    restarts === 0 ? "no restart" : `${restarts} restarts`,
  ];
  return `at most ${parts.join(", ")}; none killed for memory`;
}

/** Hard limits first: what fell, then what is used, then what it grows by. */
export function judgeResources(check: ResourcesCheck, { series, falls }: ResourcesSeen): Sight {
  const n = series.reduce((total, { samples }) => total + samples.length, 0);
  const fall = whatFell(check, series, falls);
  if (fall) return { ...fall, result: "fail", n };
  const used = series.filter(({ samples }) => samples.length > 0);
  if (used.length === 0) return { result: "no-data", value: "nothing runs", limit: resourcesLimit(check), n };
  for (const one of used) {
    const wrong = whatIsTooMuch(check, one);
    if (wrong) return { ...wrong, result: "fail", n: one.samples.length };
  }
  const growths = used.map((one) => ({ ...one, growth: growthOf(one.samples, check.growth.windowMs) }));
  const known = growths.flatMap(({ growth, ...one }) => (growth ? [{ ...one, growth }] : []));
  const leak = known.find((one) => isLeak(check, one));
  if (leak) {
    const value = `${growsText(leak)}, to ${mebibytes(leak.growth.latest)}`;
    const limit = `at most ${mebibytes(check.growth.max)} more a minute`;
    return { result: "fail", value, limit, n: leak.growth.n };
  }
  const limit = resourcesLimit(check);
  const value = shownUse(used);
  const doubtful = known.find((one) => mayBeLeak(check, one));
  if (doubtful) {
    const unsure = `${value}; ${growsText(doubtful)}, which may be chance so far`;
    return { result: "no-data", isEarly: true, value: unsure, limit, n };
  }
  if (known.length < growths.length) {
    const early = `${value}; growth needs ${growthNeeds(check)}`;
    return { result: "no-data", isEarly: true, value: early, limit, n };
  }
  return { result: "pass", value: `${value}, ${shownGrowth(check, known)}`, limit, n };
}

type Grown = Pick<UsageSeries, "name" | "previousBytes"> & { readonly growth: Growth };
type Wrong = Pick<Sight, "value" | "limit">;

function whatFell(
  { restarts }: ResourcesCheck,
  series: readonly UsageSeries[],
  falls: readonly ContainerFall[],
): Wrong | null {
  const killed = falls.filter(({ kind }) => kind === "oom").length;
  if (killed > 0) return { value: `killed for memory ${killed} times`, limit: "never killed for memory" };
  const ends = falls.filter(({ kind }) => kind === "die");
  // Events can be missed where the connection breaks; another start shows all the same.
  const starts = series.reduce(
    (total, { samples }) => total + Math.max(0, new Set(samples.map(({ startedAt }) => startedAt)).size - 1),
    0,
  );
  const count = Math.max(ends.length, starts);
  if (count <= restarts) return null;
  const codes = [...new Set(ends.flatMap(({ exitCode }) => exitCode ?? []))];
  const value = `ended ${count} times${codes.length > 0 ? `, exit code ${codes.join(", ")}` : ""}`;
  return { value, limit: restarts === 0 ? "no restart" : `at most ${restarts} restarts` };
}

function whatIsTooMuch(check: ResourcesCheck, { name, samples, previousBytes }: UsageSeries): Wrong | null {
  const { memory, cpuMax } = check;
  const latest = samples.at(-1);
  if (!latest) return null;
  const { memoryBytes, memoryLimitBytes } = latest;
  const value = `${name} uses ${mebibytes(memoryBytes)}`;
  if (memory.max !== undefined && memoryBytes > memory.max) {
    return { value, limit: `at most ${mebibytes(memory.max)}` };
  }
  if (memoryLimitBytes !== null && memoryBytes > (memoryLimitBytes * memory.ofLimit) / 100) {
    return { value, limit: `at most ${memory.ofLimit} % of its ${mebibytes(memoryLimitBytes)}` };
  }
  if (memoryLimitBytes !== null && reachesLimit(check, samples, previousBytes)) {
    const limit = `at most ${memory.ofLimit} % of its ${mebibytes(memoryLimitBytes)}, which it is about to pass`;
    return { value: `${value} and grows`, limit };
  }
  const cpu = cpuPercent(samples);
  if (cpuMax !== undefined && cpu !== null && cpu > cpuMax) {
    return { value: `${name} uses ${Math.round(cpu)} % of a processor`, limit: `at most ${cpuMax} %` };
  }
  return null;
}

function isLeak(check: ResourcesCheck, grown: Grown): boolean {
  const { max } = check.growth;
  const { slope, lower, recentSlope, lastSlope } = grown.growth;
  // What slows down by half is on its way to what it needs.
  return lower > max && recentSlope > Math.max(max, slope / 2) && lastSlope > max && !isBelowPrevious(grown);
}

/** It grows faster than it may, and nothing excuses that: only that it is no chance is not proven. */
function mayBeLeak({ growth: { max } }: ResourcesCheck, grown: Grown): boolean {
  return grown.growth.slope > max && !hasSettled(grown.growth, max) && !isBelowPrevious(grown);
}

/** A process that has just started grows until it has what it needs: that is no leak below what the one before uses. */
function isBelowPrevious({ growth, previousBytes }: Grown): boolean {
  return previousBytes !== null && growth.latest <= previousBytes;
}

function growsText({ name, growth }: Grown): string {
  return `${name} grows by ${mebibytes(growth.slope)} a minute`;
}

/** Of the one that grows fastest; with what excuses it, where that is above the limit. */
function shownGrowth({ growth: { max } }: ResourcesCheck, known: readonly Grown[]): string {
  const paces = known.map((one) => {
    const { slope, recentSlope } = one.growth;
    return { ...one, pace: slope > max && hasSettled(one.growth, max) ? recentSlope : slope };
  });
  const fastest = paces.reduce((most, one) => (one.pace > most.pace ? one : most));
  const text = `${mebibytes(fastest.pace)} more a minute`;
  if (fastest.pace <= max || fastest.previousBytes === null) return text;
  return `${text}, below the ${mebibytes(fastest.previousBytes)} of the version before`;
}

/** Fewer seconds say nothing of a processor. */
const cpuSpanMs = 5_000;

/**
 * Over the whole span of the newest start, without the moments in which the engine's clock was set back; `null` for a span
 * that says nothing.
 */
export function cpuPercent(samples: readonly ContainerUsage[]): number | null {
  const last = samples.at(-1);
  const own = samples.filter(({ startedAt }) => startedAt === last?.startedAt);
  let [usedMs, spanMs] = [0, 0];
  for (const [index, { at, cpuMs }] of own.entries()) {
    const before = own[index - 1];
    if (!before || at <= before.at) continue;
    usedMs += cpuMs - before.cpuMs;
    spanMs += at - before.at;
  }
  return spanMs < cpuSpanMs ? null : (usedMs / spanMs) * 100;
}

function shownUse(series: readonly UsageSeries[]): string {
  const peak = Math.max(...series.flatMap(({ samples }) => samples.map(({ memoryBytes }) => memoryBytes)));
  const cpus = series.flatMap(({ samples }) => cpuPercent(samples) ?? []);
  const cpu = cpus.length > 0 ? `, ${Math.round(Math.max(...cpus))} % of a processor` : "";
  return `at most ${mebibytes(peak)}${cpu}`;
}
