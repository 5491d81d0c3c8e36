import { describe, expect, it } from "vitest";
import { isSluiceError } from "../errors/sluice-error.ts";
import { formatBytes, parseBytes } from "./bytes.ts";
import { parseConfig } from "./parse-config.ts";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [999_999, "1.00 MB"],
  [12_345_678, "12.3 MB"],
  [173_200_000, "173 MB"],
  [1_064_000_000, "1.06 GB"],
  [5e15, "5000 TB"],
])("%d: %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  ["0", 0],
  ["100b", 100],
  ["1k", 1_024],
  ["64kb", 65_536],
  ["512M", 536_870_912],
  ["512 MB", 536_870_912],
  ["64MiB", 67_108_864],
  ["1g", 1_073_741_824],
  ["1.5gb", 1_610_612_736],
  ["2Gi", 2_147_483_648],
  ["0.3k", 307],
  ["1t", 1_099_511_627_776],
])("%s has %d bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

it.each(["", "g", "1x", "-1g", "1e3", "1 g b", "1,5g", "1g ", ".5g", "9999999999999999g", "1m30s"])(
  "%j is no size",
  (text) => {
    expect(parseBytes(text)).toBeUndefined();
  },
);

describe("a size in the configuration", () => {
  it("is written as in compose files, or as a number of bytes, wherever there is one", () => {
    const text = `preflight: { minFreeDisk: 10g }
rollout: { minFreeMemory: 268435456 }
database: { verify: { memory: 2GiB } }
checks: [{ service: web, resources: { memory: { max: 1.5gb }, growth: { max: "50m" } } }]
`;
    const { preflight, rollout, database, checks } = parseConfig(text, "sluice.yaml");
    expect(preflight.minFreeDisk).toBe(10_737_418_240);
    expect(rollout.minFreeMemory).toBe(268_435_456);
    expect(database?.verify.memory).toBe(2_147_483_648);
    expect(checks[0]?.resources).toMatchObject({ memory: { max: 1_610_612_736 }, growth: { max: 52_428_800 } });
  });

  const expected = "expected a size such as 512m, 1g or 64MiB, or a number of bytes";
  it.each([
    ["preflight:\n  minFreeDisk: plenty\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    ["preflight:\n  minFreeDisk: 1.5\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    ["preflight:\n  minFreeDisk: -1\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    ["preflight:\n  minFreeDisk: [1g]\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    ["preflight:\n  minFreeDisk: 1gg\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    ["preflight:\n  minFreeDisk: 9999999999999999g\n", { line: 2, column: 16 }, `preflight.minFreeDisk: ${expected}`],
    [
      "database: { verify: { memory: 1m } }\n",
      { line: 1, column: 31 },
      "database.verify.memory: expected at least 64m",
    ],
  ])("that is none is said with its place: %j", (text, position, message) => {
    const error = failure(text);
    expect(error.message).toBe(message);
    expect(error.detail).toBeUndefined();
    expect(error.position).toEqual({ file: "sluice.yaml", ...position });
  });
});

function failure(text: string) {
  try {
    parseConfig(text, "sluice.yaml");
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
  throw new Error("expected a mistake to be found");
}
