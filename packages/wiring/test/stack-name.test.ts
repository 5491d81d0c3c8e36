import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeployer, type DeployerOptions } from "../src/index.ts";

let directory = "";
beforeEach(async () => {
  directory = join(await realpath(await mkdtemp(join(tmpdir(), "sluice-name-"))), "My_Shop");
  await mkdir(directory);
});
afterEach(() => rm(join(directory, ".."), { recursive: true, force: true }));

const { PATH, HOME } = process.env;
const options = (more: Partial<DeployerOptions> = {}): DeployerOptions => ({
  directory,
  env: { PATH, HOME },
  stateHome: join(directory, "home"),
  actor: "tester",
  ...more,
});

async function write(file: string, text: string): Promise<void> {
  await writeFile(join(directory, file), text);
}

const services = "services: { web: { image: app, ports: ['8080:8080'] } }\n";
const named = `name: shopfront\n${services}`;
const stackOf = async (more: Partial<DeployerOptions> = {}) => {
  await using deployer = createDeployer(options(more));
  return (await deployer.inspect()).stack;
};

describe("the name of a stack is what Compose calls the project", () => {
  it("by what was given, the environment, .env, name: and the directory, in this order", async () => {
    const env = { PATH, HOME, COMPOSE_PROJECT_NAME: "by-environment" };
    await write("compose.yaml", services);
    expect(await stackOf()).toBe("my_shop");
    await write("compose.yaml", named);
    expect(await stackOf()).toBe("shopfront");
    await write(".env", "COMPOSE_PROJECT_NAME=by-dotenv\n");
    expect(await stackOf()).toBe("by-dotenv");
    expect(await stackOf({ env })).toBe("by-environment");
    expect(await stackOf({ env, stack: "given" })).toBe("given");
  });

  it("and that of an env file, and the directory of the first compose file", async () => {
    await mkdir(join(directory, "deploy"));
    await write("deploy/compose.yaml", services);
    const files = [join(directory, "deploy", "compose.yaml")];
    expect(await stackOf({ files })).toBe("deploy");
    await write("prod.env", "COMPOSE_PROJECT_NAME=production\n");
    expect(await stackOf({ files, envFiles: [join(directory, "prod.env")] })).toBe("production");
  });

  it("names the state home too", async () => {
    await write("compose.yaml", named);
    await using deployer = createDeployer(options());
    expect(await deployer.history()).toEqual([]);
    expect(JSON.parse(await readFile(join(directory, "home", "home.json"), "utf8"))).toMatchObject({
      stack: "shopfront",
    });
  });

  it("is needed by nobody who gives it: a record can be read without a project", async () => {
    await using deployer = createDeployer(options({ stack: "shop", env: {} }));
    expect(await deployer.audit()).toMatchObject({ ok: true });
  });

  it("is told although a variable is missing, or else by the state home that was named", async () => {
    await write("compose.yaml", 'name: shopfront\nservices: { web: { image: "${IMAGE:?}" } }\n');
    await using first = createDeployer(options());
    expect(await first.history()).toEqual([]);
    await write("compose.yaml", "services: [\n");
    await using second = createDeployer(options());
    expect(await second.history()).toEqual([]);
    await expect(second.status()).rejects.toMatchObject({
      code: "COMPOSE_INVALID",
      hint: expect.stringContaining("no release of shopfront is stored in "),
    });
    const release = { tag: "v1", commit: null, dirty: false, source: "option" } as const;
    await expect(second.plan({ release })).rejects.toMatchObject({ code: "COMPOSE_INVALID" });
  });

  it("is not guessed: where nothing tells it, the names that there are are told", async () => {
    await write("compose.yaml", "services: [\n");
    const env = { PATH, HOME, XDG_STATE_HOME: directory };
    await mkdir(join(directory, "sluice", "shop"), { recursive: true });
    await writeFile(join(directory, "sluice", "shop", "home.json"), "{}");
    await using deployer = createDeployer(options({ env, stateHome: undefined }));
    const isRoot = process.getuid?.() === 0;
    await expect(deployer.status()).rejects.toMatchObject({
      code: "COMPOSE_INVALID",
      hint: expect.stringMatching(isRoot ? /--project-name/ : /--project-name \(state is kept here of shop\)/),
    });
  });

  it("is refused where Sluice cannot make names from it", async () => {
    await write("compose.yaml", `name: ${"x".repeat(60)}\n${services}`);
    await expect(stackOf()).rejects.toMatchObject({ code: "NAME_INVALID" });
  });

  it("can be asked for again after it could not be told", async () => {
    await write("compose.yaml", "services: [\n");
    await using deployer = createDeployer(options());
    await expect(deployer.history()).rejects.toMatchObject({ code: "COMPOSE_INVALID" });
    await write("compose.yaml", named);
    expect(await deployer.history()).toEqual([]);
  });
});
