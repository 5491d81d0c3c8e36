import { aConfig, aContainer, aService, aStack } from "@sluice/core/testing";
import { expect, it } from "vitest";
import type { ComposeMount } from "../../model/compose.ts";
import { dataAnew } from "./data-anew.ts";

const volume = (source: string): ComposeMount => ({ type: "volume", source, target: "/data" });
const bind: ComposeMount = { type: "bind", source: "/srv/pg", target: "/data" };
const services = [aService("db", { role: "data" }), aService("cache", { role: "data" }), aService("web")];

interface Case {
  readonly db?: readonly ComposeMount[];
  readonly cache?: readonly ComposeMount[];
  /** On the engine. */
  readonly gone?: readonly string[];
  readonly runs?: readonly string[];
  readonly database?: string;
}

it.each<readonly [string, Case, readonly string[]]>([
  ["one has its volume still", { gone: ["shop_cache"] }, []],
  ["all are gone", { gone: ["shop_pg", "shop_cache"] }, ["db", "cache"]],
  ["one has kept a part", { db: [volume("pg"), volume("wal")], gone: ["shop_pg", "shop_cache"] }, []],
  ["one is in a directory of the machine", { db: [bind], gone: ["shop_cache"] }, []],
  ["one is in its container alone, which is there", { db: [], gone: ["shop_cache"], runs: ["db"] }, []],
  ["one kept nothing outside of a container that is gone", { cache: [], gone: ["shop_pg"] }, ["db"]],
  [
    "one has files of the machine that are only read",
    { cache: [{ ...bind, read_only: true }], gone: ["shop_pg"] },
    ["db"],
  ],
  ["the one that is named is gone", { gone: ["shop_pg"], database: "db" }, ["db"]],
  ["another than the one that is named is gone", { gone: ["shop_cache"], database: "db" }, []],
])("what migrations change is anew where nothing of it is left: %s", (_, given, expected) => {
  const { db = [volume("pg")], cache = [volume("cache")], gone = [], runs = [], database } = given;
  const model = {
    name: "shop",
    services: { db: { volumes: db }, cache: { volumes: cache }, web: {} },
    volumes: { pg: null, wal: null, cache: null },
  };
  const lost = { db: gone.filter((name) => name === "shop_pg"), cache: gone.filter((name) => name === "shop_cache") };
  const base = Object.fromEntries(
    runs.map((service) => [
      service,
      { service, state: "current", reason: "", containers: [aContainer(service)] } as const,
    ]),
  );
  const observed = { ...aStack({}), base, missingVolumes: { any: gone } };
  const config = aConfig(database === undefined ? {} : { database: { service: database } });
  expect(dataAnew(lost, { model, services }, { config, observed })).toEqual(expected);
});
