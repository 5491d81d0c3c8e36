import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig, SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { aService } from "@sluice/core/testing";
import { createDirectoryStore } from "@sluice/database";
import { examine } from "@sluice/engine";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aManifest } from "../../test/support/a-manifest.ts";
import { machineExaminers } from "../doctor/machine-examiners.ts";
import type { Session } from "../session.ts";
import { listBackups, showBackup } from "./list-backups.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-list-"));
});
afterEach(async () => rm(directory, { recursive: true }));

async function store(id: string, home?: string): Promise<string> {
  await using writer = await createDirectoryStore({ directory }, systemClock).begin(`20260501T100000Z-${id}`);
  await writer.commit(aManifest("app", writer, { stack: "shop", ...(home === undefined ? {} : { home }) }));
  return writer.id;
}

function sessionWith(home: () => Promise<object>, over: object = {}): Session {
  return {
    clock: systemClock,
    options: { directory, env: {} },
    stack: async () => "shop",
    home,
    ports: async () => ({ journal: { read: async function* () {} } }),
    config: async () => parseConfig(`database: { store: { directory: ${directory} } }`, "sluice.yaml"),
    runtime: () => ({ claims: { read: async () => null } }),
    ...over,
  } as unknown as Session;
}
const databaseModel = { name: "shop", services: { db: { image: "postgres:17" } } };
const own = sessionWith(async () => ({ id: "h1" }));

it("backups of another state home are listed and shown as such", async () => {
  const ids = [await store("own0", "h1"), await store("unsaid"), await store("other", "h9")];
  const { backups } = await listBackups(own);
  expect(backups.map(({ id, ofOtherHome }) => [id, ofOtherHome])).toEqual([
    [ids[0], undefined],
    [ids[1], undefined],
    [ids[2], true],
  ]);
  expect(await showBackup(own, ids[2] ?? "")).toMatchObject({ home: "h9", ofOtherHome: true });
  expect((await showBackup(own, ids[0] ?? "")).ofOtherHome).toBeUndefined();
});

it("they are listed also where nobody can tell whose they are, as the state home is damaged", async () => {
  const id = await store("other", "h9");
  const damaged = sessionWith(async () => Promise.reject(new SluiceError("HOME_UNUSABLE", "no JSON")));
  expect((await listBackups(damaged)).backups).toMatchObject([{ id, home: "h9" }]);
  expect((await showBackup(damaged, id)).ofOtherHome).toBeUndefined();
});

it("doctor counts none of another state home", async () => {
  const examiners = machineExaminers(own).filter(({ name }) => name === "backups");
  const codes = async () => (await examine(examiners, systemClock)).diagnoses.map(({ code }) => code);
  await store("other", "h9");
  expect(await codes()).toContain("backup-none");
  await store("own0", "h1");
  expect(await codes()).not.toContain("backup-none");
});

it.each([
  ["an error once the stack was deployed", "h1", [], "error"],
  ["an error where the database runs already, as plain Compose started it", null, ["c1"], "error"],
  ["a note before anything was deployed, as there is nothing to back up", null, [], "note"],
])("doctor: no backup is %s", async (_, owner, containers, severity) => {
  const session = sessionWith(async () => ({ id: "h1" }), {
    project: async () => ({ stack: "shop", services: [aService("db", { role: "data" })], model: databaseModel }),
    runtime: () => ({ claims: { read: async () => owner }, runningOf: async () => containers }),
  });
  const examiners = machineExaminers(session).filter(({ name }) => name === "backups");
  const { diagnoses } = await examine(examiners, systemClock);
  expect(diagnoses).toMatchObject([{ code: "backup-none", severity }]);
});
