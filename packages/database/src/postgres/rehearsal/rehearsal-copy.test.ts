import type { ContainerExec, ObservedContainer, ThrowAwayContainers } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { aManifest } from "../../testing/a-manifest.ts";
import { chunks } from "../../testing/bytes.ts";
import { openRehearsalCopy } from "./rehearsal-copy.ts";

const facts = {
  version: "15.2",
  number: 150_002,
  preload: "",
  locks: 6_400,
  size: 1,
  owner: "shop",
  encoding: "UTF8",
  row: { datname: "postgres" },
};

interface Call {
  readonly container: string;
  readonly database: string | undefined;
  readonly sql: string;
}

/** What an engine is asked, and what servers in it answer to those who look for a text. */
function servers(answers: readonly (readonly [sought: string, lines: string])[]) {
  const calls: Call[] = [];
  const exec = {
    async exec(container: string, _command: readonly string[], options: Parameters<ContainerExec["exec"]>[2]) {
      const sql = typeof options?.stdin === "string" ? options.stdin : "";
      calls.push({ container, database: options?.environment?.["PGDATABASE"], sql });
      const [, lines = ""] = answers.find(([sought]) => sql.includes(sought)) ?? [];
      return { exitCode: 0, stdout: Buffer.from(lines), stderr: "" };
    },
  } as unknown as ContainerExec;
  const start: ThrowAwayContainers["start"] = async () => ({
    id: "copy",
    inspect: async () => ({ state: "running" }) as ObservedContainer,
    logTail: async () => "",
    [Symbol.asyncDispose]: async () => undefined,
  });
  const { clock } = createFakeWorld().ports();
  return { calls, means: { exec, clock, throwAway: { start } as unknown as ThrowAwayContainers } };
}

it("each clone is made in one call, by what the live database was asked once", async () => {
  const { calls, means } = servers([
    ["server_version", JSON.stringify(facts)],
    ["pg_roles", "t\nsluice-next-question\nt\nsluice-next-question\nshop\napp ro\n"],
    ["owner to", 'alter database "shop" owner to shop\ngrant CONNECT on database "shop" to "app ro"\n'],
  ]);
  const live = { container: "live", user: "shop", database: "shop" };
  const request = { stack: "shop", image: "i", superuser: "shop", preload: "", memoryBytes: 1 };
  const manifest = aManifest({ database: { ...aManifest().database, name: "shop" } });
  await using copy = await openRehearsalCopy(means, { ...request, manifest, live }, { session: "rehearse-1" });
  await copy.restore({ dump: chunks(), globals: null });
  calls.length = 0;

  await copy.clone();
  const [asked, made, ...more] = calls;
  expect([asked?.container, asked?.sql]).toEqual(["live", expect.stringContaining("array[E'shop', E'app ro']")]);
  expect(more).toEqual([]);
  expect([made?.container, made?.database]).toEqual(["copy", "postgres"]);
  expect(made?.sql.trim().split("\n").slice(1)).toEqual([
    'drop database if exists "shop";',
    'create database "shop" template sluice_restored;',
    'alter database "shop" owner to shop;',
    'grant CONNECT on database "shop" to "app ro";',
  ]);

  // What ran on it may have made subscriptions, which nobody can drop it with.
  await copy.clone();
  expect(calls.slice(2).map(({ sql }) => sql)).toEqual([expect.stringContaining("pg_subscription"), made?.sql]);
});
