import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { startFakeGithub } from "@sluice/testing/github";
import { expect, it } from "vitest";
import { aBundle } from "../test/a-bundle.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";

/** Runs an example of the README, the first or the last, in a directory, with what it takes for granted. */
async function runExample(which: 0 | -1, directory: string, given: Readonly<Record<string, unknown>>): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].at(which)?.[1] ?? "";
  const body = code.replace('"@sluice/release"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const names = Object.keys(given).join(", ");
  const program = join(directory, "example.ts");
  const text = `${imports}\nexport async function example({ ${names} }: any) {\n${statements.join("\n\n")}\n}\n`;
  await writeFile(program, text);
  const { example } = (await import(program)) as { example: (values: typeof given) => Promise<string> };
  return example(given);
}

it("the README's example works as it stands", async () => {
  const directory = await temporaryDirectory();
  const checkout = join(directory, "checkout");
  await mkdir(checkout);
  await writeFile(join(checkout, "nginx.conf"), "events {}\n");
  execFileSync("git", ["init", "-q", checkout]);
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
  execFileSync("git", ["-C", checkout, ...author, "commit", "-q", "--allow-empty", "-m", "one"]);
  const stored = await runExample(0, directory, {
    eventText: JSON.stringify({ action: "published", release: { tag_name: "v1.2.0" } }),
    checkout,
    modelHash: "m1",
    nonce: "n1",
    images: { web: "sha256:1" },
    facts: aBundle(),
    model: { name: "shop", services: {} },
    releasesDir: join(directory, "releases"),
  });
  expect(stored).toMatch(/^v1\.2\.0 is stored, its files in .*\/releases\/r[0-9a-f]{16}\/files$/);
});

it("the README's example of GitHub works as it stands", async () => {
  const directory = await temporaryDirectory();
  await using server = await startFakeGithub();
  server.commit("c".repeat(40), ["main"]);
  const given = { clock, token: server.token, apiUrl: server.url, checkout: directory, logUrl: "https://ci.example/7" };
  expect(await runExample(-1, directory, given)).toContain("/releases/tag/v1.3.0");
  expect(server.state.deployments[0]?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success"]);
  server.assertDescribed();
});
