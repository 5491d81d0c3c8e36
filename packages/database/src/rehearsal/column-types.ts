/** Types whose values another one holds unchanged, text forms included. */
const wider: Readonly<Record<string, readonly string[]>> = {
  smallint: ["integer", "bigint"],
  integer: ["bigint"],
  real: ["double precision"],
};

/** Whether every value of one type, as `format_type` writes it, is a value of the other, and means the same. */
export function isWidening(from: string, to: string): boolean {
  if (from === to || wider[from]?.includes(to)) return true;
  const [old, fresh] = [parse(from), parse(to)];
  if (old.name === "character varying") {
    if (fresh.name === "text") return true;
    return fresh.name === old.name && atLeast(fresh.sizes[0], old.sizes[0]);
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

function parse(type: string): { readonly name: string; readonly sizes: readonly number[] } {
  const match = /^(.*?)\((\d+(?:,\d+)?)\)$/.exec(type);
  if (!match) return { name: type, sizes: [] };
  return { name: match[1] ?? "", sizes: (match[2] ?? "").split(",").map(Number) };
}
