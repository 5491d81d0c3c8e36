import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aProject, aShop, facts, shopServices } from "./support/project.ts";
import { runtimeWith } from "./support/runtime.ts";

/** Stands for Docker's plugin of models, which Compose asks where they answer. */
const modelPlugin = `#!/bin/sh
case "$1 $2" in
docker-cli-plugin-metadata*) echo '{"SchemaVersion":"0.1.0","Vendor":"x","Version":"v1.0.6","ShortDescription":"x"}' ;;
*status*) echo '{"endpoint":"http://models.test/v1/"}' ;;
*ls*) echo '[]' ;;
esac
`;

const stack = uniqueStack("given");
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "given-"));
  const [own, plugins] = [join(directory, "cli-plugins"), join(newestCompose, "cli-plugins")];
  await mkdir(own);
  for (const name of await readdir(plugins).catch(() => [])) await symlink(join(plugins, name), join(own, name));
  await writeFile(join(own, "docker-model"), modelPlugin, { mode: 0o755 });
});
afterAll(() => Promise.all([stack.remove(), rm(directory, { recursive: true })]));

describe.skipIf(missingNewestCompose)(`what Compose gives a container of its own accord${missingNewestCompose}`, () => {
  it.each([
    ["the engine's socket", { use_api_socket: true }],
    ["AI models", { models: { llm: null, "other-one": { endpoint_var: "AI_URL", model_var: "AI_MODEL" } } }],
  ])("%s: it is as the model says, until that says something else", async (_name, uses) => {
    const { base, observer } = runtimeWith({ DOCKER_CONFIG: directory });
    const models = { llm: { model: "ai/x" }, "other-one": { model: "ai/y" } };
    const shop = (environment: Readonly<Record<string, string>>) => ({
      ...aShop(stack.name, { db: { ...uses, environment } }),
      models,
    });
    const stateOf = async (model: ReturnType<typeof shop>) =>
      (await observer.observe(aProject(model))).base["db"]?.state;
    const model = shop({ NAME: "db" });
    await base.ensureNetworks(model, "blue", shopServices);
    await base.up(model, facts("db"), shopServices);
    expect(await stateOf(model)).toBe("current");
    expect(await stateOf(shop({ NAME: "other" }))).toBe("changed");
  });
});
