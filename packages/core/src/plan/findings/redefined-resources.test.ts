import { expect, it } from "vitest";
import { aStack } from "../../testing/a-stack.ts";
import { redefinedFindings } from "./redefined-resources.ts";

it("a network or volume that the project defines otherwise is named, with what a person can do", () => {
  expect(redefinedFindings(aStack())).toEqual([]);
  const redefined = [
    { kind: "network", key: "back", name: "shop_back", differing: ["internal", "driver_opts"] },
    { kind: "volume", key: "data", name: "shop_data", differing: ["driver"] },
  ] as const;
  expect(redefinedFindings(aStack({ redefined }))).toMatchObject([
    {
      severity: "warn",
      code: "network-redefined",
      message:
        "network shop_back is there with other internal, driver_opts than back in the compose file: deployments leave it as it is",
      hint: expect.stringContaining("docker network rm shop_back"),
    },
    { severity: "warn", code: "volume-redefined", hint: expect.stringContaining("copy what is in shop_data") },
  ]);
});
