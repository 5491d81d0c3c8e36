import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createDeployer } from "../src/index.ts";

it("an error of a deployer shows no secret of its project, wherever it comes from", async () => {
  const secret = "cnry-socket-q7Zk31";
  const directory = await mkdtemp(join(tmpdir(), "sluice-masked-"));
  try {
    await writeFile(
      join(directory, "compose.yml"),
      "services:\n  web:\n    image: web\n    environment: { API_TOKEN: '${API_TOKEN:?}' }\n",
    );
    const env = {
      PATH: process.env["PATH"],
      HOME: directory,
      API_TOKEN: secret,
      DOCKER_HOST: `unix:///${secret}.sock`,
    };
    const options = { directory, stack: "shop", env, actor: "ada", stateHome: join(directory, "home") };
    await using deployer = createDeployer(options);
    await deployer.inspect();
    const error = await deployer.ps().then(
      () => new Error("it did not fail"),
      (cause: Error) => cause,
    );
    const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join("\n");
    expect(shown).toContain("[redacted].sock");
    expect(shown).not.toContain(secret);
  } finally {
    await rm(directory, { recursive: true });
  }
});
