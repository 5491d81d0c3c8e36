import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployerOptions } from "./deployer-options.ts";
import { shellDirectory } from "./shell-directory.ts";

let root = "";
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "sluice-shell-directory-")));
  mkdirSync(join(root, "releases/9"), { recursive: true });
  symlinkSync("releases/9", join(root, "current"));
});
afterAll(() => rmSync(root, { recursive: true }));

const cwd = () => join(root, "releases/9");

describe("a working directory that is reached through a link", () => {
  it("has the name that the shell has for it", () => {
    expect(shellDirectory({ cwd: cwd(), env: { PWD: join(root, "current") } })).toBe(join(root, "current"));
  });

  it.each([
    ["is not set", () => undefined],
    ["is of another directory", () => root],
    ["is nowhere", () => join(root, "gone")],
    ["is not absolute", () => "."],
  ])("has its own where PWD %s", (_what, pwd) => {
    expect(shellDirectory({ cwd: cwd(), env: { PWD: pwd() } })).toBe(cwd());
  });

  it("is where Compose looks for the project, and other files are where the system finds them", () => {
    const context = { cwd: cwd(), env: { PWD: join(root, "current") }, user: "ada", isInteractive: false };
    const flags = { file: ["../compose.yaml"], envFile: [".env"], config: "../sluice.yaml" };
    expect(deployerOptions(flags, context)).toMatchObject({
      directory: join(root, "current"),
      files: [join(root, "compose.yaml")],
      envFiles: [join(root, "current/.env")],
      configFile: join(root, "releases/sluice.yaml"),
    });
  });
});
