import { describe, expect, it } from "vitest";
import { conclude } from "../result.ts";
import { backupFigures, nameOf, type Round, type SizeFacts } from "./figures.ts";

const round = (over: Partial<Round["own"]> = {}): Round => ({
  hand: { wallMs: 10_000, ownCpuMs: 100, containerCpuMs: 9_900 },
  own: { wallMs: 10_900, ownCpuMs: 900, containerCpuMs: 9_900, maxRssBytes: 100e6, ...over },
});
const small: SizeFacts = { tableBytes: 1e8, rounds: [round({ wallMs: 30_000, maxRssBytes: 95e6 })] };
const large: SizeFacts = { tableBytes: 1.04e9, rounds: [round()] };
const failed = (facts: Partial<SizeFacts>): readonly string[] =>
  Object.entries(backupFigures([small, { ...large, ...facts }]))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

describe("the limits of what a backup costs", () => {
  it("are kept by a good one, however long the start of a process is beside a small one", () => {
    const verify = { hand: round().hand, own: { ...round().own, wallMs: 20_000 } };
    expect(failed({ verify, secondCloneMs: 4_900, encrypted: round({ ownCpuMs: 5_000 }) })).toEqual([]);
  });

  it.each([
    ["1gb_wall_ratio", { rounds: [round({ wallMs: 11_100 })] }],
    ["1gb_own_cpu_percent", { rounds: [round({ ownCpuMs: 1_200 })] }],
    ["1gb_verify_ratio", { verify: round({ wallMs: 21_000 }) }],
    ["1gb_second_clone_s", { secondCloneMs: 5_100 }],
    ["own_rss_growth_ratio", { rounds: [round({ maxRssBytes: 115e6 })] }],
  ])("%s", (name, facts) => {
    expect(failed(facts)).toEqual([name]);
  });

  it("the most memory of any round counts, the median of the rest", () => {
    const rounds = [round(), round({ maxRssBytes: 121e6, wallMs: 99_000 }), round()];
    expect(failed({ rounds })).toEqual(["1gb_own_rss_mb", "own_rss_growth_ratio"]);
  });
});

it("a size is named as people say it", () => {
  expect([1e8, 9.4e8, 1.04e9, 1.26e9].map(nameOf)).toEqual(["100mb", "940mb", "1gb", "1.3gb"]);
});

it.each([
  ["no size", []],
  [
    "no round",
    [
      { ...small, rounds: [] },
      { ...large, rounds: [] },
    ],
  ],
])("%s is no pass", (_, sizes) => {
  expect(conclude({ bench: "backup", figures: backupFigures(sizes), peers: {}, floor: {} }).pass).toBe(false);
});
