import { expect, it } from "vitest";
import { aStaging, productionHere } from "../test/support/facts-of.ts";
import { ordinaryUse } from "../test/support/github-uses.ts";
import { variablesOf } from "./look-up.ts";
import { type CheckoutTexts, ownDefaults, workflowFacts } from "./workflow-facts.ts";

const compose = `services:
  web:
    image: "web:\${TAG:-latest}"
    environment: { KEY: "\${API_KEY:-none}", PORT: "\${PORT-80}" }
  worker: { image: "web:\${SHARED:-x}", environment: [SHARED] }
`;

const aCheckout = (over: Partial<CheckoutTexts> = {}): CheckoutTexts => ({
  composeFiles: [{ path: "compose.yml", text: compose }],
  filesAreNamed: false,
  read: (path) => (path === "compose.yml" ? compose : null),
  envFileText: "",
  ownEnvText: "TAG=2\nAPI_KEY=canary\nPORT=8080\nSHARED=y\n",
  workflows: [],
  hasDatabase: false,
  hasSubmodules: false,
  configVariables: [],
  timezone: "UTC",
  environment: productionHere,
  github: ordinaryUse,
  ...over,
});

function defaultsOf(checkout: CheckoutTexts) {
  const facts = workflowFacts(checkout);
  return { own: ownDefaults(checkout, facts), written: facts.variables.slice(1) };
}

it("values of a developer that take the place of defaults become secrets where an empty text would be none, and are never written", () => {
  const { own, written } = defaultsOf(aCheckout());
  const carried = [
    { name: "TAG", value: "${{ secrets.TAG }}" },
    { name: "API_KEY", value: "${{ secrets.API_KEY }}" },
  ];
  expect(written).toEqual(carried);
  expect(own).toEqual([...carried, { name: "PORT", value: null }, { name: "SHARED", value: null }]);
  const { written: ofStaging } = defaultsOf(aCheckout({ environment: aStaging }));
  expect(ofStaging[0]).toEqual({ name: "TAG", value: "${{ secrets.TAG_STAGING }}" });
});

it("are none where the env file is in git as well, or a workflow sets them already", () => {
  expect(defaultsOf(aCheckout({ envFileText: "TAG=3\n" })).own.map(({ name }) => name)).not.toContain("TAG");
  expect(defaultsOf(aCheckout({ ownEnvText: undefined }))).toEqual({ own: [], written: [] });
  const text =
    "on: release\nenv: { TAG: '7', PORT: '${{ vars.PORT }}' }\njobs: { a: { runs-on: self-hosted, steps: [{ run: docker compose up -d }] } }\n";
  const workflows = [{ path: ".github/workflows/ship.yml", text }];
  const { own, written } = defaultsOf(aCheckout({ workflows }));
  // The runner may have values of its own, which those of secrets would take the place of.
  expect(own).toEqual(["API_KEY", "SHARED"].map((name) => ({ name, value: null })));
  expect(written.map(({ name }) => name)).not.toContain("API_KEY");
  expect(written).toContainEqual({ name: "TAG", value: "7" });
});

it("variables are what the workflow says, or an env file where that only names a secret", () => {
  const text =
    "on: release\nenv: { TAG: '7', PORT: '${{ vars.PORT }}', ELSE: '${{ vars.ELSE }}' }\njobs: { a: { runs-on: self-hosted, steps: [{ run: docker compose up -d }] } }\n";
  const checkout = aCheckout({ workflows: [{ path: ".github/workflows/ship.yml", text }] });
  const lookUp = variablesOf(checkout, workflowFacts(checkout));
  const names = ["TAG", "PORT", "ELSE", "SHARED", "COMPOSE_FILE", "PWD", "OTHER"];
  expect(names.map(lookUp)).toEqual(["7", "8080", "${{ vars.ELSE }}", "y", "compose.yml", ".", undefined]);
  // For who is to be told of nothing but what is so.
  const certain = variablesOf(
    { ...checkout, envFileText: "OTHER=z\n", ownEnvText: "" },
    workflowFacts(checkout),
    "certain",
  );
  expect(names.map(certain)).toEqual(["7", "${{ vars.PORT }}", "${{ vars.ELSE }}", undefined, "compose.yml", ".", "z"]);
});
