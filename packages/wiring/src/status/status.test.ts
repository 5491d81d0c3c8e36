import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { acquireLock, createJournal, openStateHome } from "@sluice/journal";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { readProcesses, readStatus } from "./status.ts";

const config = async () => aConfig();

it("ps shows slots, doors and base, and which of them serve", async () => {
  const observed = aStack({
    live: { slot: "green", release: "r2" },
    warm: "r1",
    doors: { web: aDoor("web", { stable: "green", share: 0, salt: 1 }) },
    orphans: [aContainer("mailer"), aContainer("left"), aContainer("stray")],
  });
  const mailer = aService("mailer", { role: "worker", strategy: "recreate" });
  const bundles = [{ id: "r2", services: [mailer, { ...mailer, name: "left", active: false }] }];
  const load = () => Promise.reject(new SluiceError("RELEASE_UNKNOWN", "it is not stored any more"));
  const door = aContainer("", { id: "door-web", name: "shop-door-web" });
  const session = {
    ports: async () => ({ observer: { observe: async () => observed }, bundles: { list: async () => bundles, load } }),
    known: async () => ({ project: {}, standIn: null }),
    runtime: () => ({ inspect: async (id: string) => (id === "door-web" ? door : null) }),
  } as unknown as Session;

  const rows = await readProcesses(session);
  expect(rows.map(({ place, service, name, live }) => `${place} ${service} ${name} ${live ? "live" : "-"}`)).toEqual([
    "blue web shop-blue-web-1 -",
    "green web shop-green-web-1 live",
    "door web shop-door-web live",
    expect.stringMatching(/^base db .* live$/),
    "base mailer shop-mailer-1 live",
    "base left shop-left-1 -",
    "base stray shop-stray-1 -",
  ]);
});

it("status calls nothing left over that a deployment under way has just made", async () => {
  const path = await mkdtemp(join(tmpdir(), "sluice-status-"));
  try {
    await using home = await openStateHome(join(path, "home"), { clock, stack: "shop" });
    const leftover = { severity: "warn", code: "leftover-job", message: "job container migrate is left" } as const;
    const observed = { ...aStack(), leftovers: [leftover] };
    const ports = {
      observer: { observe: async () => observed },
      bundles: { list: async () => [] },
      journal: createJournal(home, clock),
    };
    const known = async () => ({ project: { services: [], findings: [] }, standIn: null });
    const session = { ports: async () => ports, known, config, home: async () => home } as unknown as Session;
    const lock = await acquireLock(home, { actor: "ada", reason: "release v1", release: "v1" });
    expect((await readStatus(session)).findings).toEqual([]);
    await lock[Symbol.asyncDispose]();
    expect((await readStatus(session)).findings).toEqual([leftover]);
  } finally {
    await rm(path, { recursive: true });
  }
});

it.each([
  ["v2", { underWay: { deployment: "d2", tag: "v2" }, unfinished: null }],
  // Of a backup, say, while the deployment has died.
  ["none", { underWay: null, unfinished: { deployment: "d2", tag: "v2" } }],
])(
  "status takes an attempt without an end for one under way by the lock of a deployment: %s",
  async (release, seen) => {
    const path = await mkdtemp(join(tmpdir(), "sluice-status-"));
    try {
      await using home = await openStateHome(join(path, "home"), { clock, stack: "shop" });
      const journal = createJournal(home, clock);
      const plan = { kind: "deploy", candidate: "green", previous: "blue", steps: [] };
      await journal.append({ type: "deployment-start", deployment: "d2", kind: "deploy", tag: "v2", plan });
      const ports = { observer: { observe: async () => aStack() }, bundles: { list: async () => [] }, journal };
      const known = async () => ({ project: { services: [], findings: [] }, standIn: null });
      const session = { ports: async () => ports, known, config, home: async () => home } as unknown as Session;
      await using _lock = await acquireLock(home, { actor: "ada", reason: "", release });
      expect(await readStatus(session)).toMatchObject({ ...seen, lock: { release } });
    } finally {
      await rm(path, { recursive: true });
    }
  },
);

it("status says that a line of the record cannot be read, however long ago it was written, and what puts that right", async () => {
  const path = await mkdtemp(join(tmpdir(), "sluice-status-"));
  try {
    await using home = await openStateHome(join(path, "home"), { clock, stack: "shop" });
    const journal = createJournal(home, clock);
    for (const type of ["note", "other", "note"]) await journal.append({ type });
    const file = join(home.path, "journal.ndjson");
    const observed = aStack();
    const ports = { observer: { observe: async () => observed }, bundles: { list: async () => [] }, journal };
    const known = async () => ({ project: { services: [], findings: [] }, standIn: null });
    const session = { ports: async () => ports, known, config, home: async () => home } as unknown as Session;
    expect((await readStatus(session)).findings).toEqual([]);
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, lines.with(1, `${lines[1]?.slice(0, -20)}}{`).join("\n"));
    expect((await readStatus(session)).findings).toMatchObject([
      {
        severity: "error",
        code: "record-unreadable",
        message: expect.stringContaining("line 2 of the journal is not a record") as string,
        hint: expect.stringMatching(/audit verify .*state import ARCHIVE --replace.*state rebuild --replace/) as string,
      },
    ]);
  } finally {
    await rm(path, { recursive: true });
  }
});
