import type { Finding } from "../../model/finding.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";

/** By the last part of their names: images of PostgreSQL whose tag begins with its major version, and those that have it behind `pg` only. */
const byTag: ReadonlySet<string> = new Set(["postgres", "postgresql", "postgis"]);
const behindPg: ReadonlySet<string> = new Set([...byTag, "pgvector", "timescaledb", "timescaledb-ha"]);

/** Since 10 a version is one number before the dot; before, two were (9.5, 9.6), and only an upgrade to those is told here. */
const [oldest, newest] = [9, 40];

/**
 * The major version of PostgreSQL in an image, by its name: `postgres:16-alpine`, `postgis/postgis:16-3.4`,
 * `timescale/timescaledb:2.14.2-pg16`. `undefined` where the name does not tell. Pure.
 */
export function postgresMajor(image: string): number | undefined {
  const last = image.split("@")[0]?.split("/").at(-1) ?? "";
  const [name = "", tag = ""] = last.split(":");
  if (!behindPg.has(name)) return undefined;
  const found = /(?:^|-)pg(\d+)(?=[.-]|$)/.exec(tag) ?? (byTag.has(name) ? /^(\d+)(?=[.-]|$)/.exec(tag) : null);
  const major = Number(found?.[1]);
  // Builds of one's own are numbered, or have a date.
  return major >= oldest && major <= newest ? major : undefined;
}

/**
 * Databases of base that run, and are to run on the same data with another major version: PostgreSQL does not start on that
 * (https://www.postgresql.org/docs/current/upgrading.html), and what runs would be gone by then. Of what does not run nobody knows which
 * version its data is of. Pure.
 *
 * @param made names of the services of base that are made anew
 */
export function otherMajorFindings(
  { base, missingVolumes = {} }: Pick<ObservedStack, "base" | "missingVolumes">,
  services: readonly Pick<ServiceFacts, "name" | "role">[],
  made: ReadonlySet<string>,
): readonly Finding[] {
  return Object.values(base).flatMap(({ service, change, containers }): Finding[] => {
    const isData = made.has(service) && services.some(({ name, role }) => name === service && role === "data");
    const isSameData =
      change !== undefined &&
      change.leaves.length + change.takes.length + (change.directories ?? []).length === 0 &&
      (missingVolumes[service] ?? []).length === 0;
    const works = containers.length > 0 && containers.every(({ state, health }) => isWorking(state, health));
    if (!isData || !isSameData || !works || !change.image) return [];
    const { runs, wanted } = change.image;
    const [from, to] = [postgresMajor(runs), postgresMajor(wanted)];
    if (from === undefined || to === undefined || from === to) return [];
    const message = `${service} runs ${runs}, and PostgreSQL ${to} (${wanted}) does not start on the data of PostgreSQL ${from}`;
    const hint = `keep ${runs} in this release. For the other version: sluice db backup; let ${service} have another volume with ${wanted}, and put a dump of the old one into it, in a window without writes`;
    return [{ severity: "error", code: "data-of-another-major", service, message, hint }];
  });
}

function isWorking(state: ObservedContainer["state"], health: ObservedContainer["health"]): boolean {
  return state === "running" && health !== "unhealthy";
}
