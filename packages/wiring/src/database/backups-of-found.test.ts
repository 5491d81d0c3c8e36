import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { createDirectoryStore } from "@sluice/database";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aManifest } from "../../test/support/a-manifest.ts";
import type { Session } from "../session.ts";
import { backupsOfFound } from "./backups-of-found.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-found-"));
  for (const name of ["app", "crm"]) await store(name);
});
afterEach(async () => rm(directory, { recursive: true }));

async function store(name: string): Promise<void> {
  await using writer = await createDirectoryStore({ directory }, systemClock).begin(`20260501T100000Z-${name}0`);
  await writer.commit(aManifest(name, writer));
}

/** @param running ids of the containers of the database */
function sessionWith(database: { readonly name?: string }, running: readonly string[] = []): Session {
  const environment = async () => {
    throw new SluiceError("EXEC_FAILED", "the container is gone");
  };
  const session = {
    options: { directory, env: {} },
    stack: async () => "shop",
    home: async () => ({ id: "h1" }),
    ports: async () => ({ journal: { read: async function* () {} } }),
    config: async () => ({ database: { ...database, store: { directory } } }),
    runtime: () => ({ exec: { environment }, runningOf: async () => running }),
  };
  return session as unknown as Session;
}

const namesOf = async (session: Session) =>
  (await backupsOfFound(session, { service: "db", kind: "postgres" })).map(({ database }) => database.name);

it("of two databases in one server each has its own backups", async () => {
  expect(await namesOf(sessionWith({ name: "app" }))).toEqual(["app"]);
  expect(await namesOf(sessionWith({ name: "crm" }))).toEqual(["crm"]);
});

it("where nobody can tell what it is called, those of the service are named", async () => {
  expect(await namesOf(sessionWith({}))).toEqual(["app", "crm"]);
  expect(await namesOf(sessionWith({}, ["c1"]))).toEqual(["app", "crm"]);
});
