import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const launcher = join(import.meta.dirname, "../bin/sluice.js");

/** Starts the launcher on a Node.js that says it is of another version. */
function launchOn(version: string) {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  return spawnSync(process.execPath, ["--import", `data:text/javascript,${pretend}`, launcher, "--version"], {
    encoding: "utf8",
  });
}

describe("the launcher", () => {
  it.each(["12.22.12", "20.20.2", "22.17.9"])("refuses Node.js %s by name", (version) => {
    const { status, stderr, stdout } = launchOn(version);
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr).toMatch(/^sluice needs Node\.js 22\.18 or newer, and this is v\d/);
  });
});
