import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, type Tellable, type WrittenConfig } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { type Channel, createOutbox, type Notification } from "@sluice/notify";
import { aConfig, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AnnounceCall, announcePlan, readPlanRecords } from "./announce.ts";
import { createLastWord } from "./last-word.ts";
import type { NotifyParts } from "./with-notifications.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-announce-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const windows = { timezone: "Europe/Berlin", open: ["mon-fri 09:00-16:00"] } as const;
const saturday = "2026-11-28T12:00:00Z";

function aTeam({ on = ["planned"] as readonly Tellable[], written = {} as WrittenConfig } = {}) {
  const told: Notification[] = [];
  const { journal } = createFakeWorld().ports();
  let now = new Date(saturday);
  const channel: Channel = {
    name: "team",
    place: "chat.example.com",
    on,
    isRepeatable: false,
    async send({ notification }) {
      told.push(notification);
      return { result: "delivered" };
    },
  };
  const parts: NotifyParts = {
    stack: "shop",
    config: aConfig({ windows: { ...windows, open: [...windows.open] }, ...written }),
    opened: { channels: [channel], secrets: [], problems: [] },
    outboxDir: join(directory, "outbox"),
    journal,
    clock: { ...systemClock, now: () => now },
    redact: createRedactor(["hunter22"]),
    lastWord: createLastWord(() => undefined),
    link: undefined,
  };
  return {
    told,
    parts,
    setClock: (text: string) => {
      now = new Date(text);
    },
    announce: (call: Partial<AnnounceCall> = {}) =>
      announcePlan(parts, { actor: "ada", origin: { host: "server-1" } }, { release: "v2", ...call }),
    records: () => readPlanRecords(journal),
  };
}

describe("announcing a deployment", () => {
  it("tells channels when it is planned, by default for the next opening, and records it", async () => {
    const { announce, told, records } = aTeam();
    const plannedFor = { at: "2026-11-30T08:00:00.000Z", text: "Mon 2026-11-30 09:00 Europe/Berlin" };
    expect(await announce()).toMatchObject({ plannedFor, isNew: true, reports: [{ result: "delivered" }] });
    expect(told).toMatchObject([{ outcome: "planned", release: "v2", actor: "ada", reason: "release v2", plannedFor }]);
    expect(await records()).toMatchObject([
      { tag: "v2", plannedFor: plannedFor.at, actor: "ada", consents: [], origin: { host: "server-1" } },
    ]);
  });

  it("tells nobody the time of before, where that still waits when another one is announced", async () => {
    const { parts, announce } = aTeam();
    const down: Channel = {
      ...(parts.opened.channels[0] as Channel),
      send: async () => ({ result: "refused", reason: "answers 404" }),
    };
    const first = { ...parts, opened: { ...parts.opened, channels: [down] } };
    const ada = { actor: "ada", origin: { host: "server-1" } };
    await announcePlan(first, ada, { release: "v2" });
    expect(await createOutbox(parts.outboxDir).list()).toMatchObject([{ state: "waiting", release: "v2" }]);
    await announce({ at: "2026-12-02T10:00" });
    expect(await createOutbox(parts.outboxDir).list()).toMatchObject([{ state: "delivered", release: "v2" }]);
  });

  it("tells and records nothing twice, and a plan that was moved, and moved back, with what it replaces", async () => {
    const { announce, told, records } = aTeam();
    const [first, other] = ["2026-11-30T10:00", "2026-12-01T10:00"];
    for (const at of [first, first, other, other, first]) await announce({ at });
    expect(told.map(({ plannedFor, cause }) => [plannedFor?.at, cause])).toEqual([
      ["2026-11-30T09:00:00.000Z", undefined],
      ["2026-12-01T09:00:00.000Z", "instead of Mon 2026-11-30 10:00 Europe/Berlin"],
      ["2026-11-30T09:00:00.000Z", "instead of Tue 2026-12-01 10:00 Europe/Berlin"],
    ]);
    expect(await records()).toHaveLength(3);
    expect(await announce({ at: first })).toMatchObject({ isNew: false, reports: [{ result: "known" }] });
  });

  it("says nothing of a plan whose time is past, and nothing of another release", async () => {
    const { announce, told, setClock } = aTeam();
    await announce();
    await announce({ release: "v3", at: "2026-12-01T10:00" });
    setClock("2026-11-30T20:00:00Z");
    await announce({ at: "2026-12-02T10:00" });
    expect(told.map(({ cause }) => cause)).toEqual([undefined, undefined, undefined]);
  });

  it("is refused for a time at which the deployment would be, unless that is overridden on record", async () => {
    const { announce, told, records } = aTeam();
    const at = "2026-11-29T20:00";
    await expect(announce({ at })).rejects.toMatchObject({ code: "WINDOW_CLOSED" });
    await announce({ at, override: "agreed, the password is hunter22", reason: "hotfix" });
    expect(told[0]).toMatchObject({
      reason: "hotfix",
      cause: expect.stringMatching(/closed then: agreed, .*redacted/),
    });
    expect(await records()).toMatchObject([{ consents: [expect.stringMatching(/^window: agreed/)] }]);
  });

  it("is refused where nobody would hear of it, before anything is recorded", async () => {
    const deaf = aTeam({ on: ["live"] });
    await expect(deaf.announce()).rejects.toMatchObject({ code: "USAGE", hint: expect.stringContaining("planned") });
    const team = aTeam();
    const problems = [{ channel: "team", missing: ["CHAT"] }];
    const parts = { ...team.parts, opened: { ...team.parts.opened, problems } };
    const refused = announcePlan(parts, { actor: "ada", origin: { host: "h" } }, { release: "v2" });
    await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(team.announce({ release: "no tag" })).rejects.toMatchObject({ code: "NAME_INVALID" });
    expect([...(await deaf.records()), ...(await team.records())]).toEqual([]);
  });
});
