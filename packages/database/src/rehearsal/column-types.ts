/** Types whose values another one holds unchanged, text forms included. */
const wider: Readonly<Record<string, readonly string[]>> = {
  smallint: ["integer", "bigint"],
  integer: ["bigint"],
  real: ["double precision"],
};

/**
 * Whether every value of one type, as PostgreSQL's `format_type` or MariaDB's `column_type` writes it, is a value of the
 * other, and means the same.
 */
export function isWidening(from: string, to: string): boolean {
  if (from === to || wider[from]?.includes(to)) return true;
  // Of an enumeration, the numbers of values are stored: another one may only follow.
  if (/^(?:enum|set)\(/.test(from))
    return to.startsWith(`${upToCollation(from).slice(0, -1)},`) && sameCollation(from, to);
  const [old, fresh] = [parse(from), parse(to)];
  if (old.name === "character varying" || old.name === "varchar") {
    if (old.name === "character varying" && fresh.name === "text") return true;
    return fresh.name === old.name && sameCollation(from, to) && atLeast(fresh.sizes[0], old.sizes[0]);
  }
  if (old.name === "numeric" && fresh.name === "numeric") {
    const [digits, scale = 0] = old.sizes;
    const [freshDigits, freshScale = 0] = fresh.sizes;
    return freshDigits === undefined || (freshScale === scale && digits !== undefined && freshDigits >= digits);
  }
  return false;
}

/** Without a length there is no limit. */
function atLeast(fresh: number | undefined, old: number | undefined): boolean {
  return fresh === undefined || (old !== undefined && fresh >= old);
}

const collation = / collate \w+$/;

function upToCollation(type: string): string {
  return type.replace(collation, "");
}

function sameCollation(from: string, to: string): boolean {
  return collation.exec(from)?.[0] === collation.exec(to)?.[0];
}

function parse(type: string): { readonly name: string; readonly sizes: readonly number[] } {
  const match = /^(.*?)\((\d+(?:,\d+)?)\)$/.exec(upToCollation(type));
  if (!match) return { name: type, sizes: [] };
  return { name: match[1] ?? "", sizes: (match[2] ?? "").split(",").map(Number) };
}
