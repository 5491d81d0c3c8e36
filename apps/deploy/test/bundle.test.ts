import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

const dist = join(import.meta.dirname, "../dist");
const sluice = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "../bin/sluice.js"), ...args], { encoding: "utf8" });

/** Files that are loaded before a command is known. */
function loadedFirst(file = "main.js", seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(dist, file), "utf8");
  for (const [, next = ""] of text.matchAll(/^(?:import|\} from|export .* from)[^"\n]*"\.\/(.+?)"/gm))
    loadedFirst(next, seen);
  return seen;
}

describe("the bundle", () => {
  it("starts, and knows its version", () => {
    expect(sluice("--version")).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("loads little before it knows what is asked for", () => {
    const bytes = [...loadedFirst()].reduce((sum, file) => sum + statSync(join(dist, file)).size, 0);
    expect(bytes).toBeLessThan(150_000);
  });

  it("needs nothing that is not installed with it", () => {
    // A command that loads everything there is, and is refused by its arguments before it needs an engine.
    const { status, stdout } = sluice("ps", "-p", "NOT A NAME", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ code: "NAME_INVALID" });
    expect(status).toBe(2);
  });
});
