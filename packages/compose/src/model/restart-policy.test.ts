import { expect, it } from "vitest";
import { restartPolicy } from "./restart-policy.ts";

it.each([
  [{}, undefined],
  [{ restart: "unless-stopped" }, "unless-stopped"],
  [{ restart: "on-failure:3" }, "on-failure:3"],
  [{ restart: "unless-stopped", deploy: { restart_policy: { condition: "none" } } }, "no"],
  [{ restart: "no", deploy: { restart_policy: { condition: "any" } } }, "always"],
  [{ deploy: { restart_policy: { condition: "on-failure", max_attempts: 2 } } }, "on-failure:2"],
  [{ restart: "always", deploy: { restart_policy: { delay: "5s" } } }, undefined],
  [{ restart: "always", deploy: { replicas: 2 } }, "always"],
])("%j is started again as Compose has it: %s", (service, policy) => {
  expect(restartPolicy(service)).toBe(policy);
});
