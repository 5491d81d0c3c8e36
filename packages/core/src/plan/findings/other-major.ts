import type { Finding } from "../../model/finding.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** By the last part of their names: images of PostgreSQL whose tag begins with its major version, and those that have it behind `pg` only. */
const byTag: ReadonlySet<string> = new Set(["postgres", "postgresql", "postgis"]);
const behindPg: ReadonlySet<string> = new Set([...byTag, "pgvector", "timescaledb", "timescaledb-ha"]);

/**
 * The major version of PostgreSQL in an image, by its name: `postgres:16-alpine`, `postgis/postgis:16-3.4`,
 * `timescale/timescaledb:2.14.2-pg16`. `undefined` where the name does not tell. Pure.
 */
export function postgresMajor(image: string): number | undefined {
  const last = image.split("@")[0]?.split("/").at(-1) ?? "";
  const [name = "", tag = ""] = last.split(":");
  if (!behindPg.has(name)) return undefined;
  const found = /(?:^|-)pg(\d+)/.exec(tag) ?? (byTag.has(name) ? /^(\d+)(?![\d])/.exec(tag) : null);
  return found ? Number(found[1]) : undefined;
}

/**
 * Databases of base that are to run on the data of another major version: PostgreSQL does not start on that
 * (https://www.postgresql.org/docs/current/upgrading.html), and what runs would be gone by then. Pure.
 *
 * @param made names of the services of base that are made anew
 */
export function otherMajorFindings(
  { base, missingVolumes = {} }: Pick<ObservedStack, "base" | "missingVolumes">,
  made: ReadonlySet<string>,
): readonly Finding[] {
  return Object.values(base).flatMap(({ service, change }): Finding[] => {
    const isSameData = change !== undefined && change.leaves.length + change.takes.length === 0;
    if (!made.has(service) || !isSameData || !change.image || (missingVolumes[service] ?? []).length > 0) return [];
    const { runs, wanted } = change.image;
    const [from, to] = [postgresMajor(runs), postgresMajor(wanted)];
    if (from === undefined || to === undefined || from === to) return [];
    const message = `${service} runs ${runs}, and PostgreSQL ${to} (${wanted}) does not start on the data of PostgreSQL ${from}`;
    const hint = `keep ${runs} in this release. For the other version: sluice db backup; let ${service} have another volume with ${wanted}, and put a dump of the old one into it, in a window without writes`;
    return [{ severity: "error", code: "data-of-another-major", service, message, hint }];
  });
}
