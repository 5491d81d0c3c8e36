import { type DatabaseAction, type DatabaseResult, databaseEntry, SluiceError } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { beforeEach, expect, it } from "vitest";
import type { Session } from "../session.ts";
import type { OpenDatabase } from "./open-database.ts";
import { planUndo } from "./plan-undo.ts";

let ports: ReturnType<ReturnType<typeof createFakeWorld>["ports"]>;
beforeEach(() => {
  ports = createFakeWorld().ports();
});
const append = (action: DatabaseAction, result: DatabaseResult, said: { backup?: string; served?: string } = {}) =>
  ports.journal.append(
    databaseEntry({ action, result, actor: "ada", reason: "a bad migration", service: "db", backup: "b1", ...said }),
  );
const planned = (driver: object = {}) => {
  const bundles = { list: async () => [{ id: "r-2", tag: "v2" }] };
  const session = { ports: async () => ({ ...ports, bundles }) } as unknown as Session;
  const database = { ports: { driver }, name: "shop", service: "db", release: "r-3" } as unknown as OpenDatabase;
  return planUndo(session, database, "b1", new AbortController().signal);
};

it("says which restore is taken back, whose data comes back and what serves, and what the swap would leave", async () => {
  await append("restore", "begun", { served: "r-1" });
  await append("restore", "done", { served: "r-1" });
  await append("restore-undo", "done");
  await append("restore", "begun", { served: "r-2" });
  await append("restore", "done", { served: "r-2" });
  await append("restore", "failed", { served: "r-3" });
  await append("restore", "done", { backup: "b2", served: "r-3" });
  const stays = { severity: "warn", code: "replication-slots-stay", message: "cdc stays" } as const;
  expect(await planned({ foreseeSwap: async () => [stays] })).toEqual({
    backup: "b1",
    live: { database: "shop", service: "db" },
    restored: { at: expect.stringMatching(/^\d{4}-/), actor: "ada", reason: "a bad migration" },
    takenBack: null,
    releases: { data: "v2", serves: "r-3" },
    findings: [stays],
  });
});

it("knows what served where the end of a restore was found out later, and nothing where none is on record", async () => {
  const unknown = { restored: null, releases: { data: null, serves: "r-3" } };
  expect(await planned()).toMatchObject(unknown);
  await append("restore", "begun", { served: "r-2" });
  expect(await planned()).toMatchObject(unknown);
  await append("restore", "done");
  expect(await planned()).toMatchObject({ restored: { actor: "ada" }, releases: { data: "v2" } });
});

it("is refused where nothing could be swapped", async () => {
  const refused = new SluiceError("RESTORE_FAILED", "a transaction is prepared");
  await expect(planned({ foreseeSwap: () => Promise.reject(refused) })).rejects.toBe(refused);
  const unreadable = new SluiceError("DATABASE_UNREACHABLE", "permission denied for pg_subscription");
  expect(await planned({ foreseeSwap: () => Promise.reject(unreadable) })).toMatchObject({ findings: [] });
});

it("shows no older restore where it is not known how the last one ended, and none that is taken back already", async () => {
  await append("restore", "begun", { served: "r-1" });
  await append("restore", "done", { served: "r-1" });
  await append("restore-undo", "begun");
  await append("restore-undo", "failed");
  expect(await planned()).toMatchObject({ releases: { data: "r-1" } });
  await append("restore-undo", "begun");
  expect(await planned()).toMatchObject({ restored: null, takenBack: null });
  await append("restore-undo", "done");
  expect(await planned()).toMatchObject({ restored: null, takenBack: { actor: "ada", reason: "a bad migration" } });
  await append("restore", "begun", { served: "r-2" });
  expect(await planned()).toMatchObject({ restored: null, takenBack: null, releases: { data: null } });
});
