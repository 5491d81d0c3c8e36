#!/usr/bin/env node
// Turns a directory into a checkout of the shop at a release: a commit with this version.json, and its tag.
// Files of the shop that the directory does not have yet are copied into it; what it has is kept.
// make-release.mjs DIRECTORY TAG [--mode MODE] [--startup-ms N] [--base-ms N] [--migrations breaking]
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mode: { type: "string" },
    "startup-ms": { type: "string" },
    "base-ms": { type: "string" },
    migrations: { type: "string" },
  },
});
const [directory, tag] = positionals;
const modes = ["good", "unhealthy", "err20", "errroute", "crash", "crashstart", "slow", "slow2x", "leak", "errlog"];
const release = {
  version: tag,
  mode: values.mode ?? "good",
  startupMs: Number(values["startup-ms"] ?? 2_000),
  ...(values["base-ms"] ? { baseMs: Number(values["base-ms"]) } : {}),
  ...(values.migrations ? { migrations: values.migrations } : {}),
};
const isValid =
  directory &&
  tag &&
  modes.includes(release.mode) &&
  Number.isInteger(release.startupMs) &&
  release.startupMs >= 0 &&
  Number.isInteger(release.baseMs ?? 0) &&
  (release.baseMs ?? 0) >= 0 &&
  [undefined, "breaking"].includes(release.migrations);
if (!isValid) {
  console.error(
    "usage: make-release.mjs DIRECTORY TAG [--mode MODE] [--startup-ms N] [--base-ms N] [--migrations breaking]",
  );
  console.error(`modes: ${modes.join(" ")}`);
  process.exit(2);
}

const git = (...args) =>
  execFileSync("git", args, { cwd: directory, stdio: ["ignore", "pipe", "inherit"] })
    .toString()
    .trim();
const source = join(import.meta.dirname, "..");

mkdirSync(directory, { recursive: true });
for (const name of [
  "docker-compose.yml",
  "sluice.yaml",
  "Dockerfile",
  ".dockerignore",
  "package.json",
  "package-lock.json",
  "src",
  "migrations",
  "migrations-breaking",
]) {
  cpSync(join(source, name), join(directory, name), { recursive: true, force: false });
}
writeFileSync(join(directory, "version.json"), `${JSON.stringify(release)}\n`);
if (!existsSync(join(directory, ".git"))) {
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Shop");
  git("config", "user.email", "shop@example.invalid");
}
git("add", "-A");
// Signing and hooks that the user has set up are for other repositories.
git("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "--allow-empty", "-m", `Release ${tag}`);
git("-c", "tag.gpgsign=false", "tag", "-f", tag);
console.log(git("rev-parse", "HEAD"));
