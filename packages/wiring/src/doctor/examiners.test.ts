import { parseConfig } from "@sluice/core";
import { examine } from "@sluice/engine";
import { createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { deploymentExaminers } from "./examiners.ts";

const config = `checks:
  - { name: log in, http: { path: /login, headers: { authorization: "Bearer \${env:LOGIN_TOKEN}" } } }
`;

/** What the examiner of the configuration finds where these variables are set. */
async function examined(env: Readonly<Record<string, string>>) {
  const session = { options: { env }, config: async () => parseConfig(config, "sluice.yaml") } as unknown as Session;
  const examiners = deploymentExaminers(session).filter(({ name }) => name === "configuration");
  return (await examine(examiners, createFakeClock())).diagnoses;
}

it("a check that lacks a variable is found before a deployment is refused for it", async () => {
  expect(await examined({ LOGIN_TOKEN: "set" })).toEqual([]);
  expect(await examined({})).toMatchObject([
    {
      severity: "error",
      code: "check-variable-missing",
      what: expect.stringContaining("checks.0 (log in) needs LOGIN_TOKEN") as string,
      why: expect.stringContaining("refused") as string,
      mend: expect.stringContaining("set them where sluice runs") as string,
    },
  ]);
});
