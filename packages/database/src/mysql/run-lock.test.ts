import { describe, expect, it } from "vitest";
import { takeRunLock } from "../migrate/run-lock.ts";
import { lockName, tryLock } from "./run-lock.ts";

/** A session whose statements are answered one after the other. */
const answering = (...answers: readonly (readonly string[])[]) => {
  const asked: string[] = [];
  const query = async (sql: string) => {
    asked.push(sql);
    return answers[asked.length - 1] ?? [];
  };
  return { query, asked };
};
const hex = (text: string) => Buffer.from(text).toString("hex");

describe("the lock of a run in MariaDB and MySQL", () => {
  it("has a name of its own for each database, that any server takes", () => {
    expect(lockName("shop")).not.toBe(lockName("Shop"));
    expect(lockName("x".repeat(64))).toHaveLength(57);
  });

  it("is ours, or somebody's who is named", async () => {
    expect(await tryLock(answering(["1"]), "shop")).toBeNull();
    const holder = `71\t${hex("shop@10.0.0.7:3306")}\t2026-05-01T10:00:00Z`;
    expect(await tryLock(answering(["0"], [holder]), "shop")).toEqual({
      pid: 71,
      name: "shop@10.0.0.7:3306",
      since: "2026-05-01T10:00:00Z",
    });
    expect(await tryLock(answering(["0"], []), "shop")).toEqual({ pid: 0, name: "", since: "" });
    await expect(tryLock(answering(["NULL"]), "shop")).rejects.toThrow("no lock to give: NULL");
  });

  it("that somebody keeps is refused, with the statement of this server that ends it", async () => {
    const holder = { pid: 71, name: "shop@localhost", since: "2026-05-01T10:00:00Z" };
    let now = 0;
    const clock = { now: () => new Date(0), monotonicMs: () => now, sleep: async (ms: number) => void (now += ms) };
    const taken = takeRunLock({ tryLock: async () => holder }, clock, 1_000, undefined, (pid) => `kill ${pid}`);
    await expect(taken).rejects.toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringContaining("session 71 (shop@localhost, since 2026-05-01T10:00:00Z)"),
      hint: expect.stringContaining("kill 71"),
    });
    expect(now).toBe(1_000);
  });
});
