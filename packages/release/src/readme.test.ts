import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startFakeGithub } from "@sluice/testing/github";
import { expect, it } from "vitest";
import { aBundle } from "../test/a-bundle.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/release"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const directory = await temporaryDirectory();
  const checkout = join(directory, "checkout");
  await mkdir(checkout);
  await writeFile(join(checkout, "nginx.conf"), "events {}\n");
  execFileSync("git", ["init", "-q", checkout]);
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
  execFileSync("git", ["-C", checkout, ...author, "commit", "-q", "--allow-empty", "-m", "one"]);
  const given = {
    eventText: JSON.stringify({ action: "published", release: { tag_name: "v1.2.0" } }),
    checkout,
    modelHash: "m1",
    nonce: "n1",
    images: { web: "sha256:1" },
    facts: aBundle(),
    model: { name: "shop", services: {} },
    releasesDir: join(directory, "releases"),
  };
  const program = join(directory, "example.ts");
  const names = Object.keys(given).join(", ");
  await writeFile(
    program,
    `${imports}\nexport async function example({ ${names} }: any) {\n${statements.join("\n\n")}\n}\n`,
  );
  const { example } = (await import(program)) as { example: (values: typeof given) => Promise<string> };
  expect(await example(given)).toMatch(/^v1\.2\.0 is stored, its files in .*\/releases\/r[0-9a-f]{16}\/files$/);
});

it("the README's example of GitHub works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = readme.match(/```ts\n([\s\S]*?)```/g)?.map((block) => block.slice(6, -3)) ?? [];
  const body = code.replace('"@sluice/release"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const directory = await temporaryDirectory();
  await using server = await startFakeGithub();
  server.commit("c".repeat(40), ["main"]);
  const given = { token: server.token, apiUrl: server.url, checkout: directory, logUrl: "https://ci.example/7" };
  const program = join(directory, "example.ts");
  const names = Object.keys(given).join(", ");
  await writeFile(
    program,
    `${imports}\nexport async function example({ ${names} }: any) {\n${statements.join("\n\n")}\n}\n`,
  );
  const { example } = (await import(program)) as { example: (values: typeof given) => Promise<string> };
  expect(await example(given)).toContain("/releases/tag/v1.3.0");
  expect(server.state.deployments[0]?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success"]);
  server.assertDescribed();
});
