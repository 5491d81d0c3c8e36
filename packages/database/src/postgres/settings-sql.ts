/** Settings whose values are lists: one value in quotes would be a list of one name. */
const lists = ["search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"];

/**
 * An SQL expression: the `NAME to VALUE` of `alter database … set`, of a setting as `pg_db_role_setting` holds it. The
 * server keeps names of a list in double quotes where they need them.
 *
 * @param setting SQL expression of a `NAME=VALUE`
 */
export function settingSql(setting: string): string {
  const name = `split_part(${setting}, '=', 1)`;
  const value = `substr(${setting}, strpos(${setting}, '=') + 1)`;
  const isQuoted = `part[1] like '"%'`;
  const item = `case when ${isQuoted} then replace(substr(part[1], 2, length(part[1]) - 2), '""', '"') else part[1] end`;
  const list = `(select coalesce(string_agg(quote_literal(${item}), ', ' order by at), $$''$$)
    from regexp_matches(${value}, '"(?:[^"]|"")*"|[^,\\s]+', 'g') with ordinality as parts (part, at))`;
  return `format('%I to %s', ${name},
    case when ${name} in (${lists.map((one) => `'${one}'`).join(", ")}) then ${list} else quote_literal(${value}) end)`;
}
