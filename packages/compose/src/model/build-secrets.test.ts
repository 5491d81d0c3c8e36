import { expect, it } from "vitest";
import { withBuildSecrets } from "./build-secrets.ts";
import { envFileValues, withEnvFileValues } from "./env-file-values.ts";

const secretOf = (environment: string) => ({ environment });
const included = (secrets: readonly string[], values: Readonly<Record<string, string>>) => ({
  secrets,
  configs: [],
  values,
});
const use = (source: string) => ({ source });
const model = withEnvFileValues(
  {
    name: "shop",
    services: {
      web: { build: { context: "/web", secrets: [use("own"), use("one"), use("file")] } },
      red: { build: { context: "/red", secrets: [use("two")] } },
      pg: { image: "postgres", secrets: [use("other")] },
    },
    secrets: {
      own: secretOf("TOKEN"),
      one: secretOf("TOKEN"),
      two: secretOf("TOKEN"),
      other: secretOf("TOKEN"),
      file: { file: "/web/key" },
    },
  },
  {},
  [included(["one"], { TOKEN: "one $canary" }), included(["two", "other"], { TOKEN: "two canary" })],
);

it("gives a build the secrets that it names, each with what its own include sets", () => {
  const { secrets = {}, services } = withBuildSecrets(model, {});
  expect(services).toEqual(model.services);
  expect(Object.keys(secrets).toSorted()).toEqual(["file", "one", "own", "two"]);
  const values = envFileValues({ name: "shop", services: {}, secrets });
  const valueOf = (name: string) => values[secrets[name]?.environment ?? ""];
  expect(["own", "one", "two"].map(valueOf)).toEqual([undefined, "one $canary", "two canary"]);
  expect(secrets["own"]).toEqual({ environment: "TOKEN" });
  expect(secrets["file"]).toEqual({ file: "/web/key" });
});

it("lets the environment win, and says no secrets where there are none", () => {
  const { secrets = {} } = withBuildSecrets(model, { TOKEN: "" });
  expect(["own", "one", "two"].map((name) => secrets[name]?.environment)).toEqual(["TOKEN", "TOKEN", "TOKEN"]);
  const { web: _web, red: _red, ...services } = model.services;
  expect(withBuildSecrets({ ...model, services }, {})).toEqual({ name: "shop", services });
});
