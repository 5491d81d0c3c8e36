import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrationFile } from "../src/migration-file.ts";
import { oneOffRuns } from "../src/one-off-runs.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-migration-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** What Compose makes of the service that a line of a script becomes, where `$URL` is `outside`. */
async function composed(line: string): Promise<unknown> {
  const step = oneOffRuns(line)[0]?.step;
  if (!step) throw new Error(`no step of ${line}`);
  const { path, text } = migrationFile(step, "compose.yml");
  await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
  await writeFile(join(directory, path), text);
  const args = ["compose", "-f", "compose.yml", "-f", path, "config", "--format", "json"];
  const env = { PATH: process.env["PATH"], HOME: directory, URL: "outside", COMPOSE_PROJECT_NAME: "migration" };
  const config = execFileSync("docker", args, { cwd: directory, env, encoding: "utf8" });
  const { services } = JSON.parse(config) as { services: Record<string, Record<string, unknown>> };
  const { command, entrypoint, environment } = services["prestart"] ?? {};
  // `config` writes `$$` for a `$`, as its output is a compose file again.
  return JSON.parse(JSON.stringify({ command, entrypoint, environment }).replaceAll("$$", "$"));
}

it("a migration that becomes a service has the variables of its container, and of the shell only what the shell put in", async () => {
  expect(await composed(`docker compose run --rm web sh -c 'psql "$URL" -f migrate.sql'`)).toMatchObject({
    command: ["sh", "-c", 'psql "$URL" -f migrate.sql'],
  });
  expect(await composed(`docker compose run --rm web sh -c "load $URL \\$URL" \\$URL`)).toMatchObject({
    command: ["sh", "-c", "load outside $URL", "$URL"],
  });
  const settings = `-e 'A=$URL' -e "B=$URL \\$URL" --entrypoint 'sh -c "migrate $URL"'`;
  expect(await composed(`docker compose run ${settings} web`)).toMatchObject({
    entrypoint: ["sh", "-c", "migrate $URL"],
    environment: { A: "$URL", B: "outside $URL" },
  });
});
