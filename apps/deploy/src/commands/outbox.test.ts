import type { Deployer } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

type Entry = Awaited<ReturnType<Deployer["outbox"]>>[number];
type Report = Awaited<ReturnType<Deployer["flushOutbox"]>>[number];

const entry: Entry = {
  v: 1,
  id: "d1.failed",
  channel: "team",
  state: "waiting",
  stack: "shop",
  release: "v2",
  outcome: "failed",
  createdAt: "2026-05-01T09:57:00.000Z",
  updatedAt: "2026-05-01T09:57:00.000Z",
  attempts: 3,
  reason: "refuses connections",
};
const delivered: Entry = { ...entry, id: "d0.live", state: "delivered" };
const report: Report = { id: "d1.failed", channel: "team", place: "chat.example.com", result: "delivered" };

describe("sluice outbox list", () => {
  const listing = (entries: readonly Entry[]) => fakeDeployer({ outbox: async () => entries });

  it("shows what waits, why, and the next command", async () => {
    const unsure: Entry = { ...entry, channel: "mail", state: "sending", reason: undefined };
    const { stdout } = await run(["outbox", "list"], { deployer: listing([delivered, entry, unsure]) });
    expect(stdout).toBe(`since   channel  what       state      tries  why
3m ago  team     failed v2  waiting    3      refuses connections
3m ago  mail     failed v2  uncertain  3
next: sluice outbox flush, with --uncertain for what may have arrived
`);
  });

  it("says that nothing waits", async () => {
    const given: Entry = { ...entry, state: "dropped" };
    expect((await run(["outbox", "list"], { deployer: listing([delivered, given]) })).stdout).toBe("nothing waits\n");
  });

  it("prints all entries with --json", async () => {
    const { stdout } = await run(["outbox", "list", "--json"], { deployer: listing([delivered, entry]) });
    expect(events(stdout)).toEqual([{ v: 1, entries: [delivered, entry] }]);
  });
});

describe("sluice outbox drop", () => {
  const dropping = (...dropped: readonly Entry[]) => fakeDeployer({ dropUntold: async () => dropped });

  it("says what nobody is told of any more", async () => {
    const { stdout, exitCode, deployer } = await run(["outbox", "drop", "team", "--wait", "1m"], {
      deployer: dropping(entry),
    });
    expect([exitCode, stdout]).toEqual([0, "team d1.failed: dropped\n"]);
    expect(deployer.calls).toContainEqual(["dropUntold", "team", { waitMs: 60_000 }]);
    expect(events((await run(["outbox", "drop", "team", "--json"], { deployer: dropping(entry) })).stdout)).toEqual([
      { v: 1, dropped: [entry] },
    ]);
  });

  it("says where nothing waits, and needs a name", async () => {
    expect((await run(["outbox", "drop", "mail"], { deployer: dropping() })).stdout).toBe("nothing waits for mail\n");
    expect((await run(["outbox", "drop"], { deployer: dropping() })).exitCode).not.toBe(0);
  });
});

describe("sluice outbox flush", () => {
  const flushing = (...reports: readonly Report[]) => fakeDeployer({ flushOutbox: async () => reports });

  it("says what was told, and exits 0", async () => {
    const { stdout, exitCode, deployer } = await run(["outbox", "flush"], { deployer: flushing(report) });
    expect([exitCode, stdout]).toEqual([0, "team (chat.example.com) d1.failed: delivered\n"]);
    expect(deployer.calls).toContainEqual(["flushOutbox", { withUncertain: undefined, waitMs: undefined }]);
  });

  it("exits 20 when somebody still could not be told", async () => {
    const waiting: Report = { ...report, result: "waiting", reason: "answers 404" };
    const { stdout, exitCode } = await run(["outbox", "flush"], { deployer: flushing(report, waiting) });
    expect([exitCode, stdout]).toEqual([20, expect.stringContaining("d1.failed: waiting, answers 404\n")]);
  });

  it("sends what may have arrived only when it is asked for", async () => {
    const { deployer } = await run(["outbox", "flush", "--uncertain", "--wait", "1m"], { deployer: flushing(report) });
    expect(deployer.calls).toContainEqual(["flushOutbox", { withUncertain: true, waitMs: 60_000 }]);
  });

  it("exits 0 when there is nothing to tell", async () => {
    const { stdout, exitCode } = await run(["outbox", "flush"], { deployer: flushing() });
    expect([exitCode, stdout]).toEqual([0, "nothing to tell now; see sluice outbox list\n"]);
  });
});
