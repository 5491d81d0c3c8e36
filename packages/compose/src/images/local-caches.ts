import { posix } from "node:path";
import type { ComposeService } from "@sluice/core";

type Build = NonNullable<ComposeService["build"]>;

/**
 * A build whose caches in directories (`type=local`) are named by absolute paths: Compose writes them as they stand, and the
 * builder would take a relative one from where it runs. Pure.
 *
 * @param directory that of the project, escaped as the build is
 */
export function withLocalCaches(build: Build, directory: string | undefined): Build {
  if (directory === undefined) return build;
  const placed = ["cache_from", "cache_to"].flatMap((key) => {
    const entries: unknown = build[key];
    if (!Array.isArray(entries)) return [];
    return [[key, entries.map((entry) => (typeof entry === "string" ? absolute(entry, directory) : entry))]];
  });
  return placed.length > 0 ? { ...build, ...Object.fromEntries(placed) } : build;
}

/** `type=local,dest=./cache`: fields of CSV. */
function absolute(entry: string, directory: string): string {
  const fields = entry.split(",");
  if (!fields.includes("type=local")) return entry;
  return fields
    .map((field) => field.replace(/^(src|dest)=(.+)$/, (_all, key, path) => `${key}=${posix.resolve(directory, path)}`))
    .join(",");
}
