#!/usr/bin/env node
// Turns a directory into a checkout of the shop at a release: a commit with this version.json, and its tag.
// make-release.mjs DIRECTORY TAG [--mode MODE] [--startup-ms N] [--migrations breaking]
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mode: { type: "string" }, "startup-ms": { type: "string" }, migrations: { type: "string" } },
});
const [directory, tag] = positionals;
if (!directory || !tag) {
  console.error("usage: make-release.mjs DIRECTORY TAG [--mode MODE] [--startup-ms N] [--migrations breaking]");
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
  cpSync(join(source, name), join(directory, name), { recursive: true });
}
const release = {
  version: tag,
  mode: values.mode ?? "good",
  startupMs: Number(values["startup-ms"] ?? 2_000),
  ...(values.migrations ? { migrations: values.migrations } : {}),
};
writeFileSync(join(directory, "version.json"), `${JSON.stringify(release)}\n`);
if (!existsSync(join(directory, ".git"))) {
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Shop");
  git("config", "user.email", "shop@example.invalid");
}
git("add", "-A");
git("commit", "-q", "--allow-empty", "-m", `Release ${tag}`);
git("tag", "-f", tag);
console.log(git("rev-parse", "HEAD"));
