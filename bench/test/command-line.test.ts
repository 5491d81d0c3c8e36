import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measure } from "../src/measure.ts";

const root = join(import.meta.dirname, "../..");
const program = join(root, "bin/bench");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const names = /^names=\((.+)\)$/m.exec(read("bin/bench"))?.[1]?.split(" ") ?? [];

it("a bench says its options when it is asked for them", async () => {
  const help = await measure([program, "kill", "--help"]);
  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  expect(help.stdout).toContain("usage: bin/bench kill");
  expect(help.stdout).toContain("--resume TEXT");
});

it("a bench says in one line what is wrong with an option, before it does anything", async () => {
  const wrong = await measure(["node", "--conditions=sluice-source", join(root, "bench/src/kill.ts"), "--nope"]);
  const said = "bin/bench kill: Unknown option '--nope' (bin/bench kill --help)\n";
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "", stderr: said });
});

it("all benches read their options in that way", () => {
  expect(names).toContain("kill");
  for (const name of names) {
    const source = read(`bench/src/${name}.ts`);
    expect(source).toContain(`readOptions({\n  command: "bin/bench ${name}"`);
    expect(source).not.toContain("parseArgs");
  }
});
