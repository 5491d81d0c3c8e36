import { median } from "../load/percentile.ts";
import { atMost, type Figures, shown } from "../result.ts";
import type { Cost } from "./by-hand.ts";
import type { OwnCost } from "./sluice-db.ts";

/** Something by Sluice and, just before it, the same by hand. */
export interface Round {
  readonly hand: Cost;
  readonly own: OwnCost;
}

/** What was measured of one database. */
export interface SizeFacts {
  readonly tableBytes: number;
  readonly rounds: readonly Round[];
  /** The same with encryption. */
  readonly encrypted?: Round | undefined;
  readonly verify?: Round | undefined;
  readonly secondCloneMs?: number | undefined;
}

const limits = { wallRatio: 1.1, ownCpuPercent: 10, rssMb: 120, rssGrowth: 1.15, verifyRatio: 2, cloneS: 5 };

/** Our process's part of all processor time that a backup takes. */
const ownCpuPercent = ({ ownCpuMs, containerCpuMs }: Cost): number => (100 * ownCpuMs) / (ownCpuMs + containerCpuMs);
const ratioOf = ({ own, hand }: Round): number => own.wallMs / hand.wallMs;
const maxRssMb = (rounds: readonly Round[]): number => Math.max(...rounds.map(({ own }) => own.maxRssBytes)) / 1e6;

/**
 * What a backup may cost. The wall time is judged at the largest size: the start of a process is not what a backup takes.
 *
 * @param sizes the smallest first
 */
export function backupFigures(sizes: readonly SizeFacts[]): Figures {
  const largest = sizes.at(-1);
  const peaks = sizes.map(({ rounds }) => maxRssMb(rounds));
  const growth = (peaks.at(-1) ?? Number.NaN) / (peaks[0] ?? Number.NaN);
  return {
    ...Object.assign({}, ...sizes.map((facts) => figuresOf(facts, facts === largest))),
    ...(sizes.length > 1 ? { own_rss_growth_ratio: atMost(growth, limits.rssGrowth) } : {}),
  };
}

function figuresOf({ tableBytes, rounds, encrypted, verify, secondCloneMs }: SizeFacts, isLargest: boolean): Figures {
  const name = (what: string) => `${nameOf(tableBytes)}_${what}`;
  const ratio = median(rounds.map(ratioOf));
  return {
    [name("wall_s")]: shown(median(rounds.map(({ own }) => own.wallMs)) / 1_000),
    [name("wall_ratio")]: isLargest ? atMost(ratio, limits.wallRatio) : shown(ratio),
    [name("cpu_ratio")]: shown(median(rounds.map(({ own, hand }) => cpuOf(own) / cpuOf(hand)))),
    [name("own_cpu_percent")]: atMost(median(rounds.map(({ own }) => ownCpuPercent(own))), limits.ownCpuPercent),
    [name("own_rss_mb")]: atMost(maxRssMb(rounds), limits.rssMb),
    ...(encrypted && {
      [name("encrypted_wall_ratio")]: shown(ratioOf(encrypted)),
      [name("encrypted_own_cpu_percent")]: shown(ownCpuPercent(encrypted.own)),
      [name("encrypted_own_rss_mb")]: shown(maxRssMb([encrypted])),
    }),
    ...(verify && {
      [name("verify_s")]: shown(verify.own.wallMs / 1_000),
      [name("verify_ratio")]: atMost(ratioOf(verify), limits.verifyRatio),
      [name("verify_own_rss_mb")]: shown(maxRssMb([verify])),
    }),
    ...(secondCloneMs === undefined ? {} : { [name("second_clone_s")]: atMost(secondCloneMs / 1_000, limits.cloneS) }),
  };
}

const cpuOf = ({ ownCpuMs, containerCpuMs }: Cost): number => ownCpuMs + containerCpuMs;

/** `100mb`, `1.2gb`: of all tables. */
export const nameOf = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)}mb` : `${Math.round(bytes / 1e8) / 10}gb`;
