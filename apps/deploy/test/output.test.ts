import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const launcher = join(import.meta.dirname, "../bin/sluice.js");

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-output-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a line of a shell in which `sluice` is the built command line, and what fails in a pipe fails the line. */
function shell(line: string) {
  const script = `set -o pipefail; sluice() { "${process.execPath}" -- "${launcher}" "$@"; }; ${line}`;
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    DOCKER_HOST: `unix://${directory}/nonexistent`,
    SLUICE_HOME: join(directory, "home"),
    STACK_NAME: "s",
  };
  const { status, stderr } = spawnSync("bash", ["-c", script], {
    cwd: directory,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stderr };
}

/** Makes a state home with something in it: there is nothing to export of another one. */
function holdSomething(): void {
  mkdirSync(join(directory, "home", "outbox"), { recursive: true });
  const home = { version: 1, id: "5e1f", stack: "s", createdAt: "2026-05-01T10:00:00.000Z" };
  writeFileSync(join(directory, "home", "home.json"), JSON.stringify(home));
}

describe("a standard output that takes nothing more", () => {
  it.each(["completion bash", "--help", "history", "state export -"])(
    "fails a command whose words it was to hold: %s",
    (command) => {
      holdSomething();
      const { status, stderr } = shell(`sluice ${command} > /dev/full`);
      expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("ENOSPC") });
    },
  );

  it("fails nothing where nobody wants to read it", () => {
    // The reader goes before the first word.
    expect(shell("sluice completion bash | true")).toEqual({ status: 0, stderr: "" });
  });

  it("is written whole where there is room", () => {
    expect(shell("sluice completion bash > script; bash -n script")).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(join(directory, "script"), "utf8")).toMatch(/\n$/);
  });
});
