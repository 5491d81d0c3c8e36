import { backupPrefix, sessionVariable } from "../process/make-ready.ts";

/** A database in a MariaDB or MySQL server that runs in a container, reached over the socket there by the image's own client. */
export interface MysqlTarget {
  readonly kind: "mariadb" | "mysql";
  /** Id or name. */
  readonly container: string;
  readonly user: string;
  readonly database: string;
  /** Goes into the environment of processes in the container, never into arguments. */
  readonly password?: string | undefined;
}

/**
 * What the clients read besides their arguments: the password, where lists of processes do not show it. Of the clients that bear
 * no mark of their own only those of a backup bear its mark: the next backup ends what has it.
 *
 * @param variable by which the process is known; its value is the session
 */
export function clientEnvironment(
  { password }: MysqlTarget,
  session: string,
  variable?: string,
): Record<string, string> {
  const mark = variable ?? (session.startsWith(backupPrefix) ? sessionVariable : undefined);
  return {
    ...(mark === undefined ? {} : { [mark]: session }),
    ...(password === undefined ? {} : { MYSQL_PWD: password }),
  };
}

/** MariaDB's images from 11 on hold no program of MySQL's name, and those of MySQL none of MariaDB's. */
export function programsOf(kind: MysqlTarget["kind"]): { readonly client: string; readonly dump: string } {
  return kind === "mariadb" ? { client: "mariadb", dump: "mariadb-dump" } : { client: "mysql", dump: "mysqldump" };
}

/** A row, and the text that it is in a dump, may be as large as servers take at most. */
export const packetOption = "--max-allowed-packet=1073741824";

/** Reads statements, writes lines as they are and at once, and ends at the first error. */
export function clientCommand({ kind, user, database }: MysqlTarget, options: readonly string[] = []): string[] {
  const lines = ["--batch", "--raw", "--skip-column-names", "--unbuffered", "--default-character-set=utf8mb4"];
  return [programsOf(kind).client, ...lines, packetOption, ...options, `--user=${user}`, `--database=${database}`];
}

/** The database that is always there, to be connected to while another one is made or dropped. */
export function maintenance(target: MysqlTarget): MysqlTarget {
  return { ...target, database: "mysql" };
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** As hexadecimal digits: no mode of a server reads them otherwise. */
export function quoteText(text: string): string {
  return text === "" ? "''" : `_utf8mb4 0x${Buffer.from(text, "utf8").toString("hex")}`;
}

/** Names and texts come from a server as hexadecimal digits: they may hold what separates fields and lines. */
export function fromHex(digits: string): string {
  return Buffer.from(digits, "hex").toString("utf8");
}

/** The digest of a text, as digits: a function that every server of the kind has. MySQL 9.7 has no `md5` without a component. */
export function digestSql(kind: MysqlTarget["kind"], text: string): string {
  return kind === "mysql" ? `sha2(${text}, 256)` : `md5(${text})`;
}
