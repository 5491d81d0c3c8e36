import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aPlanView, aResult, aWindowView, fakeDeployer } from "./testing/fake-deployer.ts";
import { run } from "./testing/run.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
const commands = [...new Set(blocks.flatMap((line) => /\bsluice ([a-z][^#|>)]*)/.exec(line)?.[1]?.trim() ?? []))];

describe("the commands of the README", () => {
  it("are found", () => {
    expect(commands).toEqual(expect.arrayContaining(["init", "deploy --json", "status --json", "completion bash"]));
  });

  it.each(commands)("sluice %s works", async (command) => {
    const deployer = fakeDeployer({
      plan: async () => aPlanView(),
      deploy: async () => aResult(),
      rollback: async () => aResult(),
      doctor: async () => ({ ok: true, examined: [], diagnoses: [] }),
      window: async () => aWindowView(),
      outbox: async () => [],
      flushOutbox: async () => [],
      dropUntold: async () => [],
    });
    const cwd = await mkdtemp(join(tmpdir(), "sluice-readme-"));
    try {
      expect(await run(command.split(" "), { deployer, cwd })).toMatchObject({ exitCode: 0, stderr: "" });
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});
