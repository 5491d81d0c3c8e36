import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configFileOf, stateHomeOf } from "./locations.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-locations-"));
  await mkdir(join(root, "app", "deploy"), { recursive: true });
  await writeFile(join(root, "app", "compose.yaml"), "services: {}\n");
  await writeFile(join(root, "app", "deploy", "compose.yml"), "services: {}\n");
});
afterEach(() => rm(root, { recursive: true }));
const write = (path: string) => writeFile(join(root, path), "");
const found = async (directory: string, files: readonly string[] = []) =>
  (await configFileOf({ directory: join(root, directory), files, env: {} })).path.slice(root.length + 1);

describe("the configuration is looked for", () => {
  it("in the directory of the call, and else beside the compose file", async () => {
    await write("app/deploy/sluice.yaml");
    expect(await found("app", ["deploy/compose.yml"])).toBe("app/deploy/sluice.yaml");
    await write("app/sluice.yaml");
    expect(await found("app", ["deploy/compose.yml"])).toBe("app/sluice.yaml");
    expect(await found("app")).toBe("app/sluice.yaml");
  });

  it("beside a compose file that Compose finds further up", async () => {
    await mkdir(join(root, "app", "src", "web"), { recursive: true });
    await write("app/sluice.yaml");
    expect(await found("app/src/web")).toBe("app/sluice.yaml");
  });

  it("where it was named, and there alone", async () => {
    await write("app/sluice.yaml");
    const options = { directory: join(root, "app"), configFile: "other.yaml", env: {} };
    expect(await configFileOf(options)).toEqual({ path: join(root, "app", "other.yaml"), required: true });
  });
});

describe("the state of a stack", () => {
  const ada = { isRoot: false, home: "/users/ada" };
  const where = (env: Readonly<Record<string, string>>, user: Parameters<typeof stateHomeOf>[2] = ada) =>
    stateHomeOf({ directory: "/srv/app", env }, "shop", user);

  it.each([
    [{ XDG_STATE_HOME: "/state", HOME: "/home/ada" }, "/state/sluice/shop"],
    [{ XDG_STATE_HOME: "", HOME: "/home/ada" }, "/home/ada/.local/state/sluice/shop"],
    [{ XDG_STATE_HOME: "state", HOME: "/home/ada" }, "/home/ada/.local/state/sluice/shop"],
    [{ HOME: "" }, "/users/ada/.local/state/sluice/shop"],
    [{ HOME: "ada" }, "/users/ada/.local/state/sluice/shop"],
    [{}, "/users/ada/.local/state/sluice/shop"],
  ])("with %j is in %s, and never in the checkout", (env, path) => {
    expect(where(env)).toBe(path);
  });

  it("is where root has it, or where it was said", () => {
    expect(where({ XDG_STATE_HOME: "/state" }, { isRoot: true, home: "/root" })).toBe("/var/lib/sluice/shop");
    expect(stateHomeOf({ directory: "/srv/app", env: {}, stateHome: "../home" }, "shop", ada)).toBe("/srv/home");
  });

  it("is nowhere where nothing says a place", () => {
    const home = { isRoot: false, home: null };
    expect(() => where({ XDG_STATE_HOME: "", HOME: "" }, home)).toThrow(
      expect.objectContaining({ code: "HOME_UNUSABLE", hint: expect.stringContaining("--state-home") }),
    );
  });
});
