import { expect, it } from "vitest";
import { productionHere } from "../test/support/facts-of.ts";
import { ordinaryUse } from "../test/support/github-uses.ts";
import { existingDeployments } from "./read-existing.ts";
import { deploymentsOf, workflowFacts } from "./workflow-facts.ts";

it("variables of steps that deploy nothing are taken where compose files or the configuration use them", () => {
  const compose =
    "services:\n  web:\n    image: 'web:${TAG:?}'\n    environment:\n      - API_KEY\n      - MODE=$$SHELL\n";
  const workflow = `on: release
jobs:
  ship:
    runs-on: self-hosted
    steps:
      - { run: npm test, env: { API_KEY: "\${{ secrets.API }}", SENTRY_TOKEN: "\${{ secrets.SENTRY }}", TAG: test } }
      - { run: docker compose up -d, env: { NODE_ENV: production, TAG: v1 } }
      - { run: ./tell.sh, env: { NODE_ENV: test, CHAT: "\${{ secrets.CHAT }}", SHELL: sh, TOLD: "\${{ steps.a.outputs.b }}" } }
`;
  const checkout = {
    composeFiles: [{ path: "compose.yml", text: compose }],
    filesAreNamed: false,
    read: () => compose,
    envFileText: "",
    workflows: [{ path: "ship.yml", text: workflow }],
    hasDatabase: false,
    hasSubmodules: false,
    configVariables: ["CHAT"],
    timezone: "UTC",
    environment: productionHere,
    github: ordinaryUse,
  };
  expect(workflowFacts(checkout).variables).toEqual([
    { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_PRODUCTION }}" },
    { name: "TAG", value: "v1" },
    { name: "API_KEY", value: "${{ secrets.API }}" },
    { name: "CHAT", value: "${{ secrets.CHAT }}" },
    { name: "NODE_ENV", value: "production" },
  ]);
  expect(deploymentsOf(checkout)[0]?.altered).toEqual([]);
});

it("steps that are dropped are those of a job that deploys by hand, and none of one that runs Sluice", () => {
  const job = (deploy: string) => ({
    path: "ship.yml",
    text: `on: release
jobs: { ship: { runs-on: self-hosted, steps: [{ uses: docker/login-action@v3 }, { run: ${deploy} }] } }
`,
  });
  const [byHand] = existingDeployments([job("docker compose up -d")]);
  expect(byHand?.droppedSteps).toEqual([{ title: "docker/login-action@v3", writesEnvFile: false }]);
  expect(existingDeployments([job("exec sluice deploy")])[0]?.droppedSteps).toEqual([]);
});

it.each([
  ["docker compose -f a.yml --profile prod --profile='mail' up -d", "prod,mail"],
  ["docker-compose --profile prod \\\n  up -d && docker compose --profile prod --profile more up cron", "prod"],
  ["docker compose --profile migrate up migrate\ndocker compose up -d --wait", "written"],
  ["docker compose --profile mail up -d -t 5 --scale web=2 > log 2>&1 && docker compose up -d", "mail,written"],
  ["COMPOSE_PROFILES=prod,mail docker compose up -d", "prod,mail"],
  ["sudo TAG=1 COMPOSE_PROFILES='prod' docker-compose -f a.yml up --remove-orphans", "prod"],
  ["COMPOSE_PROFILES=prod docker compose --profile mail up -d", "mail"],
  ["COMPOSE_PROFILES=$STAGE docker compose up -d", "written"],
  ["docker compose --profile tools run --rm migrate up\n docker compose up -d", "written"],
  ["docker compose up -d --profile late; docker compose --profile $STAGE up", "written"],
])("profiles are those that %j names, as Compose takes them before what is written", (script, expected) => {
  const step = JSON.stringify({ run: script });
  const text = `jobs: { a: { runs-on: self-hosted, env: { COMPOSE_PROFILES: written }, steps: [${step}] } }`;
  const [existing] = existingDeployments([{ path: "ship.yml", text }]);
  expect(existing?.variables).toEqual([{ name: "COMPOSE_PROFILES", value: expected }]);
});
