import { expect, it } from "vitest";
import { describeOptions, parseOptions, UsageError } from "./options.ts";

const line = {
  command: "bin/bench kill",
  purpose: "Kills it.",
  options: {
    quick: { type: "flag", says: "a sample" },
    seed: { type: "number", default: 0, says: "same seed, same cases" },
    runs: { type: "number", says: "of each" },
    only: { type: "text", default: "", says: "those named so" },
    resume: { type: "text", says: "a file" },
    kinds: { type: "names", of: ["us", "dump", "disk"], says: "some of" },
  },
} as const;

it("what is not given is as it is by default", () => {
  const kinds = ["us", "dump", "disk"];
  expect(parseOptions(line, [])).toEqual({
    quick: false,
    seed: 0,
    runs: undefined,
    only: "",
    resume: undefined,
    kinds,
  });
});

it("takes what is given, numbers as numbers", () => {
  const args = ["--quick", "--seed", "7", "--runs=0.5", "--only", "x y", "--resume=FILE", "--kinds", "disk,us,disk"];
  const kinds = ["us", "disk"];
  expect(parseOptions(line, args)).toEqual({ quick: true, seed: 7, runs: 0.5, only: "x y", resume: "FILE", kinds });
});

it.each([
  [["--nope"], "Unknown option '--nope'"],
  [["stray"], "Unexpected argument 'stray'"],
  [["--only"], "Option '--only <value>' argument missing"],
  [["--only", "--quick"], "Option '--only' argument is ambiguous"],
  [["--quick=1"], "Option '--quick' does not take an argument"],
  [["--seed", "many"], "--seed many: that is no number"],
  [["--seed="], "--seed : that is no number"],
  [["--kinds", "us,dmp"], '--kinds: "dmp" is none of us, dump, disk'],
  [["--kinds="], '--kinds: "" is none of us, dump, disk'],
  [["--kinds", "us,"], '--kinds: "" is none of us, dump, disk'],
])("says in one line what is wrong with %j", (args, message) => {
  expect(() => parseOptions(line, args)).toThrow(new UsageError(message));
});

it.each([["--help"], ["-h"], ["--quick", "--help"]])("gives help when it is asked for: %s %s", (...args) => {
  expect(parseOptions(line, args)).toBeNull();
});

it("help is a few lines, with defaults where there are some", () => {
  expect(describeOptions(line)).toBe(
    [
      "usage: bin/bench kill [options]",
      "Kills it.",
      "  --quick        a sample",
      "  --seed NUMBER  same seed, same cases (default 0)",
      "  --runs NUMBER  of each",
      "  --only TEXT    those named so",
      "  --resume TEXT  a file",
      "  --kinds NAMES  some of: us,dump,disk",
    ].join("\n"),
  );
});
