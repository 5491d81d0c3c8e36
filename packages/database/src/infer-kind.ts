import type { DatabaseDriver } from "./driver.ts";

/** The first that fits, by the last part of an image's name. */
const names: readonly (readonly [RegExp, DatabaseDriver["kind"]])[] = [
  [
    /^(?:postgres(?:ql)?|postgis|timescaledb(?:-ha)?|pgvector|pgvecto-rs|pgautoupgrade)$|[-_]postgres(?:ql)?$/,
    "postgres",
  ],
  [/^mariadb$|[-_]mariadb$/, "mariadb"],
  [/^(?:mysql|mysql-server|percona|percona-server)$|[-_]mysql$/, "mysql"],
];

/** MySQL's own registry names its images by what is sold: `mysql/community-server`. */
const ofMysql = /(?:^|\/)mysql\/(?:community|enterprise)-server$/;

/** The kind of database that an image holds, by the last part of its name; `null` where the name does not tell. */
export function inferDatabaseKind(image: string): DatabaseDriver["kind"] | null {
  const path = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  if (ofMysql.test(path)) return "mysql";
  const name = path.split("/").at(-1) ?? "";
  return names.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
