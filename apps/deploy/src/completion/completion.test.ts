import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../testing/run.ts";

let directory = "";
let bash = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-completion-"));
  bash = (await run(["completion", "bash"])).stdout;
  await writeFile(join(directory, "sluice.bash"), bash);
  await writeFile(join(directory, "compose prod.yaml"), "");
});
afterAll(async () => rm(directory, { recursive: true }));

/** What bash proposes for a line; the last word is the one being typed. */
function complete(...words: readonly string[]): readonly string[] {
  const script = `source ./sluice.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_sluice
[ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["-c", script, "bash", ...words], { cwd: directory, encoding: "utf8" });
  return output.split("\n").filter((line) => line !== "");
}

describe("completion in bash", () => {
  it("is a script that bash can read", () => {
    expect(spawnSync("bash", ["-n"], { input: bash, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it.each([
    [["sluice", "de"], ["deploy"]],
    [
      ["sluice", "-p", "audit", "st"],
      ["status", "state"],
    ],
    [
      ["sluice", "audit", ""],
      ["verify", "show", "export"],
    ],
    [
      ["sluice", "deploy", "--re"],
      ["--release", "--retry", "--replace-doors", "--reason"],
    ],
    [["sluice", "audit", "verify", "--js"], ["--json"]],
    [
      ["sluice", "logs", "--slot", ""],
      ["blue", "green"],
    ],
    [["sluice", "completion", "z"], ["zsh"]],
    [["sluice", "-f", "comp"], ["compose prod.yaml"]],
    [["sluice", "state", "export", "comp"], ["compose prod.yaml"]],
    [["sluice", "deploy", "--release", ""], []],
    [["sluice", "logs", "-f", "--ta"], ["--tail"]],
  ])("%j proposes %j", (words, proposals) => {
    expect([...complete(...words)].sort()).toEqual([...proposals].sort());
  });
});

describe.each(["zsh", "fish"])("completion in %s", (shell) => {
  it("names every command and option", async () => {
    const { stdout } = await run(["completion", shell]);
    for (const word of ["deploy", "audit", "export", "release", "project-name", "follow"])
      expect(stdout).toContain(word);
  });
});
