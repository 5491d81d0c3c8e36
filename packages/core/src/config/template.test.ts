import { expect, it } from "vitest";
import { variablesIn } from "./template.ts";

it("variables are found in every text of plain data, each once, and nothing else is one", () => {
  const sent = {
    path: "/${env:PART}?${captured}",
    headers: { "${env:NOT_IN_KEYS}": "Bearer ${env:TOKEN}" },
    json: [{ password: "${env:PASSWORD}", again: "${env:PART}" }, 4, null],
    body: "$${env:LITERAL} ${env:} ${env:A-B} ${SHORT}",
  };
  expect(variablesIn(sent)).toEqual(["PART", "TOKEN", "PASSWORD"]);
  expect(variablesIn("${SHORT} ${env:LONG}", { short: true })).toEqual(["SHORT", "LONG"]);
  expect(variablesIn(undefined)).toEqual([]);
});
