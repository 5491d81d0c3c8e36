import type { Finding } from "@sluice/core";
import { beforeEach, expect, it } from "vitest";
import { tellCutShort } from "./cut-short.ts";

const job = { database: "db", job: "migrate", tag: "v4" };
let stop: AbortController;
let told: Finding[];
beforeEach(() => {
  stop = new AbortController();
  told = [];
});
const interrupted = (run: Parameters<typeof tellCutShort>[3]) =>
  tellCutShort(
    job,
    stop.signal,
    (finding) => void told.push(finding),
    async (heard) => {
      await run(heard);
      stop.abort(new Error("enough"));
      throw stop.signal.reason as Error;
    },
  );

it("a migration that was interrupted is told with what it has left half changed, and what to do", async () => {
  const left = { left: "it has changed a part of the schema already", hint: "look; or go back: sluice db restore b1" };
  const running = interrupted(async ({ started, seen }) => {
    started();
    seen(left);
  });
  await expect(running).rejects.toThrow("enough");
  expect(told).toEqual([
    {
      severity: "warn",
      code: "job-cut-short",
      service: "migrate",
      message: "job migrate of v4 was stopped before it had ended: it has changed a part of the schema already",
      hint: "look; or go back: sluice db restore b1",
    },
  ]);
});

it("one whose database nobody could look at may have left something", async () => {
  await expect(interrupted(async ({ started }) => started())).rejects.toThrow("enough");
  expect(told).toMatchObject([
    { message: expect.stringContaining("what it had changed of db by then may be there still") },
  ]);
});

it("nothing is told of one that had not begun, nor of one that failed by itself", async () => {
  await expect(interrupted(async () => undefined)).rejects.toThrow("enough");
  const failing = tellCutShort(
    job,
    new AbortController().signal,
    (finding) => void told.push(finding),
    ({ started }) => {
      started();
      return Promise.reject(new Error("no such table"));
    },
  );
  await expect(failing).rejects.toThrow("no such table");
  expect(told).toEqual([]);
});
