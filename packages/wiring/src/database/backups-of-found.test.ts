import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { createDirectoryStore, type Manifest } from "@sluice/database";
import { afterEach, beforeEach, expect, it } from "vitest";
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
  await writer.commit(aManifest(name, writer.id, writer.seq));
}

function aManifest(name: string, id: string, seq: number): Manifest {
  const at = "2026-05-01T10:00:00.000Z";
  return {
    v: 1,
    id,
    seq,
    at,
    kind: "postgres",
    service: "db",
    release: null,
    database: { name, owner: "", encoding: "", collate: null, ctype: null, provider: "c", locale: null },
    server: { version: "15.8", major: 15, preload: "" },
    image: "sha256:1",
    sha256: "0".repeat(64),
    bytes: 0,
    rawBytes: 0,
    compression: "zstd",
    cipher: null,
    globals: null,
    fingerprint: null,
    verified: [{ level: "written", at, restoreMs: 0, notTested: [] }],
  };
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
