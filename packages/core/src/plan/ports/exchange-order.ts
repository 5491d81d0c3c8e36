import type { Heirs } from "./moved-ports.ts";
import type { PortTransfer } from "./port-transfers.ts";

interface ExchangeScope {
  /** Services that can change together, in the order in which they are made where no port tells. */
  readonly movable: readonly string[];
  /** Those of them that do in any case. */
  readonly always: readonly string[];
  /** What takes the port of a door that goes as it is made itself; see `portHeirs`. Default: none. */
  readonly heirs?: Heirs | undefined;
}

/**
 * The services that change together because a port changes hands between them, each after all that give it one. Services of a
 * circle come as they are met: no order helps them, see `assertPortsFree`. Pure.
 */
export function exchangeOrder(
  transfers: readonly Pick<PortTransfer, "giver" | "taker">[],
  { movable, always, heirs = {} }: ExchangeScope,
): readonly string[] {
  const heirOf = (name: string) => Object.keys(heirs).find((heir) => heirs[heir]?.includes(name)) ?? name;
  const pairs = transfers
    .map(({ giver, taker }) => ({ giver: heirOf(giver.service), taker: taker.service }))
    .filter(({ giver, taker }) => giver !== taker);
  const named = new Set([...always, ...pairs.flatMap(({ giver, taker }) => [giver, taker])]);
  const moved = movable.filter((name) => named.has(name));
  const ordered = new Set<string>();
  const visit = (name: string, path: ReadonlySet<string>) => {
    if (ordered.has(name) || path.has(name) || !moved.includes(name)) return;
    for (const { giver, taker } of pairs) if (taker === name) visit(giver, new Set([...path, name]));
    ordered.add(name);
  };
  for (const name of moved) visit(name, new Set());
  return [...ordered];
}
