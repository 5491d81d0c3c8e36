import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseConfig } from "@sluice/core";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createComposeResolver } from "../src/index.ts";
import { cliEnvironment } from "./corpus-stacks.ts";

/** Compose files in which every service says of itself what it is: `x-is: ROLE [STRATEGY [ask]]`, `x-protocol`. */
const directory = join(import.meta.dirname, "shapes");
const shapes = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
const resolver = createComposeResolver({ env: cliEnvironment });

test.each(shapes)("every service of %s is taken for what it is", async (file) => {
  const { services } = await resolver.resolve({ stack: "shape", directory, files: [file] });
  const written = await readExpected(file);
  expect(services.map(({ name }) => name).toSorted()).toEqual(Object.keys(written).toSorted());
  const decided = services.map(({ name, role, strategy, confidence, protocol }) => {
    const { is, protocol: expected } = written[name] ?? { is: "" };
    const said = [role, strategy, ...(confidence === "ask" ? ["ask"] : [])].join(" ");
    return [name, { is: is.includes(" ") ? said : role, protocol: expected && protocol }];
  });
  expect(Object.fromEntries(decided)).toEqual(written);
  // Whatever it is taken for: nothing but web, workers and jobs ever gets into a slot.
  const inSlots = services.filter(({ strategy }) => strategy === "slots").map(({ role }) => role);
  expect(inSlots.filter((role) => role !== "web" && role !== "worker" && role !== "job")).toEqual([]);
});

test("the one client of a door is told of, until connections are what is split", async () => {
  const told = async (text: string) => {
    const config = parseConfig(text, "sluice.yaml");
    const { findings } = await resolver.resolve({ stack: "shape", directory, files: ["laravel.yaml"], config });
    return findings.filter(({ code }) => code === "one-client");
  };
  const file = join(directory, "laravel.yaml");
  expect(await told("")).toMatchObject([{ severity: "warn", service: "app", position: { file, line: 3 } }]);
  expect(await told("traffic: { sticky: none }")).toEqual([]);
});

interface Expected {
  readonly is: string;
  readonly protocol: string | undefined;
}

/** Compose's JSON does not carry `x-` keys of services: they are read from the files. */
async function readExpected(file: string): Promise<Readonly<Record<string, Expected>>> {
  const written = parse(await readFile(join(directory, file), "utf8"), { merge: true }) as {
    readonly include?: readonly string[];
    readonly services: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  const included = await Promise.all((written.include ?? []).map(readExpected));
  const own = Object.entries(written.services).map(([name, service]) => [
    name,
    { is: service["x-is"] ?? "", protocol: service["x-protocol"] },
  ]);
  return Object.assign({}, ...included, Object.fromEntries(own));
}
