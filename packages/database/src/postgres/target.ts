/** A database in a server that runs in a container, reached over the socket there as any of its own processes would. */
export interface PostgresTarget {
  /** Id or name. */
  readonly container: string;
  readonly user: string;
  /** The superuser that the image made, where `user` is another. */
  readonly superuser?: string | undefined;
  readonly database: string;
  /** Only for servers that ask for one on their own socket; goes into the environment of processes, never into arguments. */
  readonly password?: string | undefined;
}

/** Prefix of the name under which the server shows our sessions; what is left of dead runs is found by it. */
export const sessionPrefix = "sluice-";

/**
 * What a database, a role or the server presets for every session: a stop of all writes, which who restores may well have made before, and a
 * time limit that is meant for the application. Both would end what we do in its middle.
 */
const settings = "-c default_transaction_read_only=off -c statement_timeout=0";

/** What PostgreSQL's own programs read: nothing of it is an argument, so nothing shows in lists of processes. */
export function libpqEnvironment(
  { user, database, password }: PostgresTarget,
  session: string,
): Record<string, string> {
  return {
    PGUSER: user,
    PGDATABASE: database,
    PGAPPNAME: `${sessionPrefix}${session}`,
    PGOPTIONS: settings,
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/** A database to be connected to while another one is made, renamed or dropped. */
export function maintenance(target: PostgresTarget): PostgresTarget {
  return { ...target, database: target.database === "postgres" ? "template1" : "postgres" };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  // With the prefix a backslash means the same whatever standard_conforming_strings says.
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
