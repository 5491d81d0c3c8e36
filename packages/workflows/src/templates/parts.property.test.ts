import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { productionHere } from "../../test/support/facts-of.ts";
import { ordinaryUse } from "../../test/support/github-uses.ts";
import { usualMinutes } from "../job-minutes.ts";
import { schedulesOf } from "../schedules.ts";
import { jobHead, scalar } from "./parts.ts";

const values = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "yes",
    "null",
    "1",
    "0x1f",
    "a: b",
    "${{ secrets.A }}",
    "${{ 'a # b' }}",
    "-",
    "a #b",
    "1e3",
    "",
    "~",
  ),
);

it("a scalar is read as the text that it was, whatever it is", () => {
  fc.assert(
    fc.property(values, (text) => {
      expect(parse(`key: ${scalar(text)}\n`)).toEqual({ key: text });
    }),
  );
});

it("so are labels and variables of a job", () => {
  const facts = {
    files: ["a.yml", "b c.yml"],
    migration: null,
    releaseVariables: [],
    hasDatabase: false,
    schedules: schedulesOf([], "production", "UTC"),
    minutes: usualMinutes,
    hasSubmodules: false,
    environment: productionHere,
    github: ordinaryUse,
  };
  fc.assert(
    fc.property(values, (text) => {
      const head = jobHead({ ...facts, runsOn: ["self-hosted", text], variables: [{ name: "A", value: text }] }, 5);
      expect(parse(`jobs:\n  a:\n${head}`)).toMatchObject({
        jobs: { a: { "runs-on": ["self-hosted", text], env: { A: text, COMPOSE_FILE: "a.yml:b c.yml" } } },
      });
    }),
  );
});
