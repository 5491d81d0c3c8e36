import { describe, expect, it } from "vitest";
import { endsWithTerminal } from "./hang-up.ts";

const ignoring = (mask: string) =>
  `Name:\tsh\nSigBlk:\t0000000000000000\nSigIgn:\t${mask}\nSigCgt:\t0000000000010002\n`;

describe("a closed terminal ends a command", () => {
  it.each([
    ["on a terminal", true, ignoring("0000000000000000"), true],
    ["whose shell ignores other signals", true, ignoring("0000000000384004"), true],
    ["on a system that tells nothing of the shell", true, "", true],
    ["whose shell ignores it", true, ignoring("0000000000000001"), false],
    ["whose shell ignores it beside others", true, ignoring("8000000000384005"), false],
    ["without a terminal, as under nohup", false, ignoring("0000000000000000"), false],
  ])("%s: %s", (_what, isOnTerminal, parentStatus, ends) => {
    expect(endsWithTerminal({ isOnTerminal, parentStatus })).toBe(ends);
  });
});
