import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { examine } from "@sluice/engine";
import { acquireLock, createJournal, openStateHome } from "@sluice/journal";
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

it.each([
  ["v2", []],
  ["none", ["attempt-unfinished"]],
])("an attempt that died is found also while the lock is held for something else: %s", async (release, codes) => {
  const path = await mkdtemp(join(tmpdir(), "sluice-doctor-"));
  try {
    await using home = await openStateHome(join(path, "home"), { clock, stack: "shop" });
    const journal = createJournal(home, clock);
    const plan = { kind: "deploy", candidate: "green", previous: "blue", steps: [] };
    await journal.append({ type: "deployment-start", deployment: "d2", kind: "deploy", tag: "v2", plan });
    const unreachable = async () => Promise.reject(new Error("no engine"));
    const session = {
      options: {},
      clock,
      home: async () => home,
      ports: async () => ({ journal }),
      known: unreachable,
    };
    const examiners = deploymentExaminers(session as unknown as Session).filter(({ name }) => name === "record");
    await using _lock = await acquireLock(home, { actor: "ada", reason: "", release });
    const { diagnoses } = await examine(examiners, clock);
    expect(diagnoses.map(({ code }) => code)).toEqual(codes);
  } finally {
    await rm(path, { recursive: true });
  }
});
