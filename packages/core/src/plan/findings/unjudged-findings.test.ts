import { describe, expect, it } from "vitest";
import { parseConfig } from "../../config/parse-config.ts";
import { aService, aStack } from "../../testing/index.ts";
import { planDeployment } from "../plan-deployment.ts";
import { unjudgedFindings } from "./unjudged-findings.ts";

const services = [aService("web")];

function told(text: string): readonly string[] {
  const config = parseConfig(text, "sluice.yaml");
  const observed = aStack({ services, live: { slot: "green", release: "r-2" } });
  const wish = {
    tag: "v3",
    services,
    config,
    bundleId: "r-3",
    imagesOf: null,
    wasLive: true,
    replaced: services,
    prunable: [],
  };
  return unjudgedFindings(planDeployment(wish, observed), config, services).map(({ message }) => message);
}

describe("growth", () => {
  it.each([
    [
      "rollout: { steps: [100], bake: 10s }\nchecks: [{ resources: {} }]",
      "it needs 30s (a look each 2s), and the candidate is watched 10s at most",
    ],
    [
      "rollout: { steps: [100], bake: 40s }\nchecks: [{ interval: 10s, resources: {} }]",
      "it needs 30s (a look each 10s), and the candidate is watched 40s at most",
    ],
  ])("is told never to be judged where no span suffices: %j", (text, expected) => {
    expect(told(text)).toEqual([`check "resources" never judges growth: ${expected}`]);
  });

  it.each([
    "rollout: { steps: [100], bake: 30s }",
    "rollout: { bake: 0s, steps: [{ share: 10, for: 1m }, 100] }",
    "rollout: { bake: 0s, steps: [100] }",
  ])("is not, where one does, or nothing is watched: %j", (text) => {
    expect(told(`${text}\nchecks: [{ resources: {} }]`)).toEqual([]);
  });
});

describe("probes in the place of users", () => {
  const synthetic = "analysis: { onNoData: synthetic";

  it("are told to be too few for any verdict", () => {
    expect(told(`${synthetic} }\nrollout: { steps: [100], bake: 20s }`)).toEqual([
      "probes in the place of users never suffice for a verdict: analysis.minRequests is 50, and 20 at most are made in 20s",
    ]);
  });

  it.each([
    `${synthetic}, minRequests: 20 }\nrollout: { steps: [100], bake: 20s }`,
    `${synthetic}, interval: 200ms }\nrollout: { steps: [100], bake: 20s }`,
    `${synthetic} }\nrollout: { steps: [100], bake: 20s }\nchecks: [{ http: { path: /a } }, { http: { path: /b } }, { http: { path: /c } }]`,
    `${synthetic}, enabled: false }\nrollout: { steps: [100], bake: 20s }`,
    "rollout: { steps: [100], bake: 20s }",
  ])("are not, where they suffice, or none are made: %j", (text) => {
    expect(told(text)).toEqual([]);
  });
});
