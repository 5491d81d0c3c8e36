import { expect, test } from "vitest";
import { secretValues } from "../bundle-files/secret-values.ts";
import { envFileValues, variablesOfObjects, withEnvFileValues } from "./env-file-values.ts";
import { inlineFiles } from "./inline-files.ts";

const model = {
  name: "shop",
  services: { web: { secrets: [{ source: "token" }], configs: [{ source: "mode" }, { source: "limits" }] } },
  secrets: { token: { environment: "TOKEN" }, file: { file: "./file" } },
  configs: { mode: { environment: "MODE" }, limits: { content: "5" } },
};
const noted = withEnvFileValues(model, { TOKEN: "canary-$5", OTHER: "x" });

test("variables behind secrets and configs are found by name", () => {
  expect(variablesOfObjects(model)).toEqual(["TOKEN", "MODE"]);
  expect(variablesOfObjects({ name: "shop", services: {} })).toEqual([]);
});

test("what an env file sets goes with the model, with its dollars; what is not set there does not", () => {
  expect(envFileValues(noted)).toEqual({ TOKEN: "canary-$5" });
  expect(envFileValues(model)).toEqual({});
  expect(noted.configs).toEqual(model.configs);
});

test("containers get it unless the environment says otherwise", () => {
  const contents = (env: Record<string, string>) => inlineFiles(noted, env).map(({ content }) => content);
  expect(contents({ MODE: "fast" })).toEqual(["canary-$5", "fast", "5"]);
  expect(contents({ MODE: "fast", TOKEN: "of the shell" })).toEqual(["of the shell", "fast", "5"]);
  expect(() => contents({})).toThrow("variable MODE is not set");
});

test("it is masked where the model is all there is", () => {
  expect(secretValues(noted)).toEqual(["canary-$5"]);
});
