import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { createJournal, openStateHome, tailRecords, verifyAudit } from "@sluice/journal";
import { expect, it } from "vitest";
import { formatRecord } from "../src/record/record.ts";
import { temporaryHome } from "./temporary-home.ts";

/** The best of some tries: what it costs, not what else the machine does. */
async function best(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 15; attempt++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return Math.min(...times);
}

it("opening a home and reading the newest records takes single-digit milliseconds with 10,000 records", async () => {
  const { path } = await temporaryHome();
  let end = { seq: 0, hash: "0".repeat(64) };
  const lines: string[] = [];
  for (let index = 0; index < 10_000; index++) {
    const type = index % 50 === 0 ? "deployment-start" : "step-outcome";
    const { record, line } = formatRecord({ type, deployment: `d${index}`, text: "x".repeat(300) }, new Date(), end);
    end = record;
    lines.push(line);
  }
  await appendFile(join(path, "journal.ndjson"), `${lines.join("\n")}\n`);
  const home = await openStateHome(path, { clock });
  await createJournal(home, clock).append({ type: "step-outcome" });

  expect(await tailRecords(home, 20)).toHaveLength(20);
  expect(await best(async () => tailRecords(await openStateHome(path, { clock, create: false }), 20))).toBeLessThan(10);
  const journal = createJournal(home, clock);
  const newest = async () => {
    for await (const { type } of journal.backwards({ types: (type) => type === "deployment-start" })) return type;
    return null;
  };
  expect(await newest()).toBe("deployment-start");
  expect(await best(newest)).toBeLessThan(10);
  expect(await best(() => createJournal(home, clock).append({ type: "note" }))).toBeLessThan(50);
  expect(await verifyAudit(home)).toMatchObject({ ok: true });
});
