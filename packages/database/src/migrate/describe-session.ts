import { formatDuration } from "@sluice/core";
import type { Session } from "./activity.ts";
import { hideLiterals } from "./hide-literals.ts";

/** A session for people: `session 71 (report, 10.0.0.4, in a transaction for 1m2s: select * from orders where id = ?)`. */
export function describeSession({ pid, name, address, transactionMs, isActive, query }: Session): string {
  const where = address ?? "local";
  const since = transactionMs === null ? "" : `in a transaction for ${formatDuration(transactionMs)}`;
  const statement = hideLiterals(query);
  const said = statement === "" ? "" : `${isActive ? "" : "last "}${statement}`;
  const facts = [name || "no name", where, [since, said].filter((part) => part !== "").join(": ")];
  return `session ${pid} (${facts.filter((fact) => fact !== "").join(", ")})`;
}
