import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";

const gone = () => new SluiceError("HOME_UNUSABLE", "the journal cannot be written: ENOENT");

it.each([
  { what: "has no releases any more", list: "empty" },
  { what: "cannot be read", list: "refused" },
])("what serves keeps its name where the state home $what", async ({ list }) => {
  const scenario = aScenario();
  const { calls, state } = scenario.world;
  await scenario.deploy("v1");
  let isLost = false;
  calls.fault = ({ name }) => {
    if (name.startsWith("journal.append step-outcome verify")) isLost = true;
    if (!isLost) return undefined;
    if (list === "empty") state.bundles.clear();
    else if (name === "bundles.list") return gone();
    return name.startsWith("journal.append") ? gone() : undefined;
  };
  const result = await scenario.deploy("v2");
  expect(result).toMatchObject({ exitCode: 20, serving: { tag: "v1", slot: "blue", share: 100 } });
});
