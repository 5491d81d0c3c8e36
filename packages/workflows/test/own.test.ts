import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runJob } from "@sluice/testing/workflows";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const own = join(import.meta.dirname, "../../../.github/workflows");
/** What the workflows of this repository call, in the place of all that it does. */
const called = [".ci/run", "bin/setup", "node_modules/.bin/node", "node_modules/.bin/pnpm"];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-own-"));
  for (const name of called) {
    const path = join(directory, "checkout", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho "${name} $* \${BODY-}\${NPM_CONFIG_PROVENANCE-}" >> "$CALLS"\n`);
    await chmod(path, 0o755);
  }
  await mkdir(join(directory, "checkout/.changeset"));
  await writeFile(join(directory, "checkout/.changeset/README.md"), "");
});
afterEach(() => rm(directory, { recursive: true }));

async function running(workflow: string, job: string, event: { readonly name: string; readonly payload: unknown }) {
  const calls = join(directory, "calls");
  await writeFile(calls, "");
  const checkout = join(directory, "checkout");
  const text = await readFile(join(own, workflow), "utf8");
  const env = { PATH: process.env["PATH"], CALLS: calls };
  const ran = await runJob({ workflow: text, job, checkout, directory, event, env });
  return {
    ...ran,
    calls: (await readFile(calls, "utf8"))
      .trim()
      .split("\n")
      .map((line) => line.trim()),
  };
}

const push = { name: "push", payload: { ref: "refs/heads/main" } };

describe("the workflows of this repository", () => {
  it("test what is pushed", async () => {
    for (const workflow of ["ci.yml", "release.yml"]) {
      expect(await running(workflow, "test", push)).toMatchObject({ status: "success", calls: [".ci/run"] });
    }
  });

  it("ask a pull request for release notes and docs, whatever it says", async () => {
    const body = "no-docs: $(touch x) `touch x`";
    const { status, calls } = await running("ci.yml", "changes", {
      name: "pull_request",
      payload: { pull_request: { body } },
    });
    expect(status).toBe("success");
    expect(calls).toEqual([
      "bin/setup node",
      `node_modules/.bin/node --conditions=sluice-source scripts/src/check-changes.ts ${body}`,
    ]);
  });

  it("publish with a proof of where it was built, once no changeset waits for its version", async () => {
    const { status, calls } = await running("release.yml", "publish", push);
    expect([status, calls]).toEqual(["success", ["bin/setup node", "node_modules/.bin/pnpm run release true"]]);
    await writeFile(join(directory, "checkout/.changeset/quick.md"), "");
    const waiting = await running("release.yml", "publish", push);
    expect([waiting.status, waiting.calls]).toEqual(["success", ["bin/setup node"]]);
    expect(waiting.steps.at(-1)).toMatchObject({
      outputs: { count: "1" },
      summary: "1 changesets wait for a version\n",
    });
  });
});
