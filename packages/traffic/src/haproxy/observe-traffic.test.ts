import { expect, test } from "vitest";
import { parseEpoch, parseUpMs } from "./observe-traffic.ts";

const info = "Name: HAProxy\nPid: 8\nUptime: 0d 1h00m07s\nUptime_sec: 3607\nStart_time_sec: 1767225600\n";

test("a process is known by its start, and says how long it has run", () => {
  expect([parseEpoch(info), parseUpMs(info)]).toEqual(["1767225600-8", 3_607_000]);
  expect([parseEpoch("Pid: 8\n"), parseUpMs("Pid: 8\n")]).toEqual([null, undefined]);
});
