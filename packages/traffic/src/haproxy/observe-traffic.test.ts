import { expect, test } from "vitest";
import type { DoorLink } from "./door-link.ts";
import { observeUnderWay, parseEpoch, parseUpMs } from "./observe-traffic.ts";

const info = "Name: HAProxy\nPid: 8\nUptime: 0d 1h00m07s\nUptime_sec: 3607\nStart_time_sec: 1767225600\n";

test("a process is known by its start, and says how long it has run", () => {
  expect([parseEpoch(info), parseUpMs(info)]).toEqual(["1767225600-8", 3_607_000]);
  expect([parseEpoch("Pid: 8\n"), parseUpMs("Pid: 8\n")]).toEqual([null, undefined]);
});

test("what is under way is that of both slots, in one question", async () => {
  const asked: (readonly string[])[] = [];
  const ask = async (commands: readonly string[]) => {
    asked.push(commands);
    return "# pxname,svname,scur,\nonly_blue,blue1,2,\nonly_green,green1,1,\n\n";
  };
  expect(await observeUnderWay({ door: "door", shell: { ask } } as unknown as DoorLink)).toBe(3);
  expect(asked).toEqual([["show stat -1 4 -1"]]);
});
