import { type ContainerFall, type ContainerUsage, formatDuration, type ResourcesCheck } from "@sluice/core";
import type { Sight } from "../sight.ts";
import { type Growth, growthOf } from "./growth.ts";
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
  const leak = growths.find(({ growth, previousBytes }) => isLeak(check, growth, previousBytes));
  if (leak?.growth) {
    const value = `${leak.name} grows by ${mebibytes(leak.growth.slope)} a minute, to ${mebibytes(leak.growth.latest)}`;
    const limit = `at most ${mebibytes(check.growth.max)} more a minute`;
    return { result: "fail", value, limit, n: leak.growth.n };
  }
  const limit = resourcesLimit(check);
  const known = growths.flatMap(({ growth }) => growth ?? []);
  const value = shownUse(used);
  if (known.length < growths.length) {
    const early = `${value}; growth needs ${formatDuration(check.growth.windowMs)}`;
    return { result: "no-data", isEarly: true, value: early, limit, n };
  }
  const fastest = Math.max(...known.map(({ slope }) => slope));
  return { result: "pass", value: `${value}, ${mebibytes(fastest)} more a minute`, limit, n };
}

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

/** A process that has just started grows until it has what it needs: that is no leak below what the one before uses. */
function isLeak({ growth: { max } }: ResourcesCheck, growth: Growth | null, previousBytes: number | null): boolean {
  if (!growth || growth.lower <= max || growth.recentSlope <= max || growth.lastSlope <= max) return false;
  return previousBytes === null || growth.latest > previousBytes;
}

/** Fewer seconds say nothing of a processor. */
const cpuSpanMs = 5_000;

/** Over the whole span of the newest start; `null` for a span that says nothing. */
export function cpuPercent(samples: readonly ContainerUsage[]): number | null {
  const last = samples.at(-1);
  const first = samples.find(({ startedAt }) => startedAt === last?.startedAt);
  if (!first || !last || last.at - first.at < cpuSpanMs) return null;
  return ((last.cpuMs - first.cpuMs) / (last.at - first.at)) * 100;
}

function shownUse(series: readonly UsageSeries[]): string {
  const peak = Math.max(...series.flatMap(({ samples }) => samples.map(({ memoryBytes }) => memoryBytes)));
  const cpus = series.flatMap(({ samples }) => cpuPercent(samples) ?? []);
  const cpu = cpus.length > 0 ? `, ${Math.round(Math.max(...cpus))} % of a processor` : "";
  return `at most ${mebibytes(peak)}${cpu}`;
}
