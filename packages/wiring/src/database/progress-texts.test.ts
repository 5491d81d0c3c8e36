import { createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import { createProgressTexts } from "./progress-texts.ts";

it("tells phases, and bytes and rates every 5 s and at the end of each", async () => {
  const clock = createFakeClock();
  const said: string[] = [];
  const { show, end } = createProgressTexts(clock, (text) => said.push(text));
  const dump = async (bytes: number, ms: number) => {
    await clock.sleep(ms);
    show({ phase: "dump", bytes, totalBytes: null });
  };
  show({ phase: "dump", bytes: 0, totalBytes: null });
  await dump(20_000_000, 2_000);
  await dump(40_000_000, 2_000);
  await dump(60_000_000, 2_000);
  await dump(63_000_000, 1_000);
  show({ phase: "start-server", bytes: 0, totalBytes: null });
  show({ phase: "restore", bytes: 0, totalBytes: 63_000_000 });
  await clock.sleep(6_000);
  show({ phase: "restore", bytes: 30_000_000, totalBytes: 63_000_000 });
  await clock.sleep(3_000);
  show({ phase: "restore", bytes: 63_000_000, totalBytes: 63_000_000 });
  end();
  end();
  expect(said).toEqual([
    "dump",
    "dump: 60.0 MB, 10.0 MB/s",
    "dump: 63.0 MB, 9.00 MB/s",
    "start-server",
    "restore",
    "restore: 30.0 MB of 63.0 MB, 5.00 MB/s",
    "restore: 63.0 MB, 7.00 MB/s",
  ]);
});
