import type { ContainerExec, ObservedContainer, ThrowAwayContainers } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { aManifest } from "../../testing/a-manifest.ts";
import { bytesOf, chunks } from "../../testing/bytes.ts";
import { openRehearsalCopy } from "./rehearsal-copy.ts";

const dump = "create table orders (id int);\n-- Dump completed\n";
const kept = "/tmp/sluice-rehearsal.sql";

/** A throw-away server and a live one: what is run in them, and what is read in. */
function servers({ fails = "" } = {}) {
  const calls: { readonly command: readonly string[]; readonly input: string }[] = [];
  let file = "";
  const exec = {
    async exec(_container: string, command: readonly string[], options: Parameters<ContainerExec["exec"]>[2]) {
      const { stdin = "" } = options ?? {};
      const input = typeof stdin === "string" ? stdin : await bytesOf(stdin as AsyncIterable<Uint8Array>);
      calls.push({ command, input });
      if (command[0] === "dd") file = input;
      const stdout = input.includes("@@lower_case") ? "10.11.6-MariaDB\t0\tutf8mb4\tutf8mb4_bin\t1\n" : "";
      const stderr = command.includes(kept) ? fails : "";
      return { exitCode: stderr === "" ? 0 : 1, stdout: Buffer.from(stdout), stderr };
    },
    stream: async () => ({ stdout: chunks(file) }),
  } as unknown as ContainerExec;
  const start: ThrowAwayContainers["start"] = async () => ({
    id: "copy",
    inspect: async () => ({ state: "running" }) as ObservedContainer,
    logTail: async () => "",
    [Symbol.asyncDispose]: async () => undefined,
  });
  const { clock } = createFakeWorld().ports();
  const means = { exec, clock, throwAway: { start } as unknown as ThrowAwayContainers };
  return { calls, means };
}

async function openCopy({ means }: ReturnType<typeof servers>) {
  const live = { kind: "mariadb", container: "live", user: "root", database: "shop", password: "p" } as const;
  const database = { ...aManifest().database, name: "shop", encoding: "utf8mb4", collate: "utf8mb4_bin" };
  const manifest = aManifest({ kind: "mariadb", database });
  const request = { stack: "shop", image: "i", memoryBytes: 1, manifest, live };
  return openRehearsalCopy(means, request, { session: "rehearse-1" });
}

it("a clone is filled inside its container, with what was kept there", async () => {
  const world = servers();
  await using copy = await openCopy(world);
  await copy.restore({ dump: chunks(dump), globals: null });
  const written = world.calls.find(({ command }) => command[0] === "dd");
  expect(written?.input.endsWith(dump)).toBe(true);
  // What the live server asks of new tables its own need not have.
  expect(written?.input).toContain("set session sql_require_primary_key = off");
  world.calls.length = 0;

  await copy.clone();
  expect(world.calls.map(({ command, input }) => [command.slice(0, 5), input.trim()])).toEqual([
    [
      expect.arrayContaining(["mariadb"]),
      "drop database if exists `shop`;\ncreate database `shop` character set utf8mb4 collate utf8mb4_bin;",
    ],
    [["sh", "-c", 'exec "$@" < "$0"', kept, "mariadb"], ""],
  ]);
});

it("a clone that cannot be filled says why", async () => {
  const fails = "ERROR 1114 (HY000) at line 7: The table 'orders' is full";
  await using copy = await openCopy(servers({ fails }));
  await copy.restore({ dump: chunks(dump), globals: null });
  await expect(copy.clone()).rejects.toMatchObject({
    code: "DISK_FULL",
    message: expect.stringContaining("'orders' is full"),
  });
});
