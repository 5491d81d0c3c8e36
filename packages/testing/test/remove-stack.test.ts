import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { labels } from "@sluice/core";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort, removeStack, uniqueStackName } from "../src/index.ts";

const run = promisify(execFile);
const docker = async (...args: string[]) => (await run("docker", args)).stdout.trim();

describe("cleaning up after a test", () => {
  const [mine, other] = [uniqueStackName(), uniqueStackName()];
  afterAll(() => removeStack(other));

  it("removes what bears the stack's label or project, and leaves another stack alone", async () => {
    for (const stack of [mine, other]) {
      await docker("network", "create", "--internal", "--label", `${labels.stack}=${stack}`, `${stack}-link`);
      await docker("volume", "create", "--label", `com.docker.compose.project=${stack}-blue`, `${stack}-data`);
    }
    await removeStack(mine);
    await removeStack(mine);
    expect(await docker("network", "ls", "--quiet", "--filter", `label=${labels.stack}=${mine}`)).toBe("");
    expect(await docker("volume", "ls", "--quiet", "--filter", `name=${mine}-data`)).toBe("");
    expect(await docker("network", "ls", "--quiet", "--filter", `label=${labels.stack}=${other}`)).not.toBe("");
    expect(await docker("volume", "ls", "--quiet", "--filter", `name=${other}-data`)).toBe(`${other}-data`);
  });

  it("removes what plain Compose has built for it, and nothing of a stack whose name begins with its own", async () => {
    const longer = `${mine}-next`;
    const images = () => docker("image", "ls", "--format", "{{.Repository}}", "--filter", `reference=${mine}-*`);
    const context = await mkdtemp(join(tmpdir(), "sluice-images-"));
    onTestFinished(() => rm(context, { recursive: true }));
    await writeFile(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
    for (const stack of [mine, longer]) {
      const label = `com.docker.compose.project=${stack}`;
      await docker("build", "--quiet", "--tag", `${stack}-web`, "--label", label, context);
    }
    await removeStack(mine);
    expect(await images()).toBe(`${longer}-web`);
    await removeStack(longer);
    expect(await images()).toBe("");
  });

  it("a free port can be listened on, and names differ", async () => {
    expect(await freePort()).toBeGreaterThan(1_024);
    expect(uniqueStackName()).not.toBe(uniqueStackName());
  });
});
