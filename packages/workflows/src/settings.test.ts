import { expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { factsOf } from "../test/support/facts-of.ts";
import { settingsByHand } from "./settings.ts";

it("by hand all is to be set that the workflow which deploys sets: what only a run knows last", () => {
  const stack = { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_PRODUCTION }}" };
  const facts = {
    ...factsOf(layouts["no workflow yet"]),
    files: ["compose.yml"],
    variables: [
      { name: "API_KEY", value: "${{ secrets.API_KEY }}" },
      { name: "TAG", value: "${{ github.ref_name }}" },
      { name: "DOMAIN", value: "shop.example.com" },
      stack,
      { name: "LOG_LEVEL", value: "info" },
    ],
    releaseVariables: [{ name: "TAG", value: "${{ github.event.release.tag_name }}" }],
  };
  expect(settingsByHand(facts)).toEqual([
    stack,
    { name: "COMPOSE_FILE", value: "compose.yml" },
    { name: "DOMAIN", value: "shop.example.com" },
    { name: "LOG_LEVEL", value: "info" },
    { name: "API_KEY", value: "${{ secrets.API_KEY }}" },
    { name: "TAG", value: "${{ github.event.release.tag_name }}" },
  ]);
});
