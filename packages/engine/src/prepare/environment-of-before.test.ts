import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type RunParts } from "../../test/support/scenario.ts";

type Environment = NonNullable<RunParts["environment"]>;

async function told(before: Environment, now: Environment, config = aConfig()) {
  const scenario = aScenario({ config });
  await scenario.deploy("v1", { environment: before });
  await scenario.deploy("v2", { environment: now });
  scenario.world.restart();
  expect(await scenario.rollback(undefined, { environment: now })).toMatchObject({ serving: { tag: "v1" } });
  const found = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
  return found.filter(({ code }) => code === "environment-of-before");
}

const url = (password: string) => `postgres://shop:${password}@db/shop`;

it.each([
  ["warm", aConfig()],
  ["cold", aConfig({ rollout: { keep: "removed" } })],
])("a way back to a %s release names the secrets that it has other values of, and no value", async (_kind, config) => {
  const found = await told(
    {
      web: { DATABASE_URL: url("old-word"), API_TOKEN: "old-token", LOG_LEVEL: "info" },
      worker: { SMTP_PASS: "same" },
    },
    {
      web: { DATABASE_URL: url("new-word"), API_TOKEN: "new-token", LOG_LEVEL: "warn" },
      worker: { SMTP_PASS: "same" },
    },
    config,
  );
  expect(found).toMatchObject([
    {
      severity: "warn",
      message: "v1 has other values than v2 of web.DATABASE_URL, web.API_TOKEN, and goes back to those",
      hint: expect.stringMatching(/deploy v1 anew .*commit-of-v1.*sluice deploy --release v1$/),
    },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/old-|new-/);
});

it("says nothing where secrets are the same, come or go with the code, or belong to the data", async () => {
  const before = { web: { API_TOKEN: "same", OLD_KEY: "gone", VERSION: "v1" }, db: { POSTGRES_PASSWORD: "old" } };
  const now = { web: { API_TOKEN: "same", NEW_KEY: "came", VERSION: "v2" }, db: { POSTGRES_PASSWORD: "new" } };
  expect(await told(before, now)).toEqual([]);
});

it("what it advises takes the values of now: the old commit becomes a release of its own", async () => {
  const scenario = aScenario();
  for (const [tag, token] of [
    ["v1", "old-token"],
    ["v2", "new-token"],
    ["v1", "new-token"],
  ] as const) {
    await scenario.deploy(tag, { environment: { web: { API_TOKEN: token } } });
  }
  const stored = [...scenario.world.state.bundles.values()];
  const values = stored.map(({ bundle, model }) => [bundle.tag, model.services["web"]?.environment?.["API_TOKEN"]]);
  expect(values).toEqual([
    ["v1", "old-token"],
    ["v2", "new-token"],
    ["v1", "new-token"],
  ]);
});
