import type { ServiceFacts } from "../../model/service.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import { exchangeOrder } from "../ports/exchange-order.ts";
import { isGiven, type PortTransfer, textOfPort } from "../ports/port-transfers.ts";
import type { AddStep } from "./collect-steps.ts";
import type { Removals } from "./orphans.ts";
import { addCutover, type Exchange } from "./plan-candidate.ts";
import { addGiving } from "./plan-previous.ts";

interface ExchangePlanScope {
  readonly transfers: readonly PortTransfer[];
  readonly desired: DesiredDeployment;
  /** Web services whose door can change at the cutover: none that the cutover takes from beside the slots. */
  readonly webs: readonly ServiceFacts[];
  /** Services of base that come after the candidate. */
  readonly late: readonly ServiceFacts[];
  /** Those of base that were in slots. */
  readonly handed: readonly ServiceFacts[];
  /** Services with a door that the release has no more. */
  readonly dropped: readonly string[];
  /** Services of base that the release has no more, and that go with it. */
  readonly leaving: readonly string[];
  readonly removals: Pick<Removals, "taken">;
  /** Makes one of `late`. */
  readonly addLate: (service: ServiceFacts) => void;
}

/**
 * What changes at the cutover, just before everyone is led to the candidate, as a port changes hands between doors and base: who
 * gives it goes just before who takes it. With it whatever else would have to be there before the candidate, and was in slots.
 *
 * @returns its services and the way to add their steps
 */
export function planExchange(add: AddStep, scope: ExchangePlanScope): Exchange & { readonly names: readonly string[] } {
  const { transfers, desired, webs, late, handed, dropped, leaving, removals, addLate } = scope;
  const isTaken = ({ giver, taker }: PortTransfer) => taker.place === "door" && leaving.includes(giver.service);
  const names = exchangeOrder(
    transfers.filter((transfer) => isGiven(transfer, desired.services) || isTaken(transfer)),
    {
      movable: [...dropped, ...leaving, ...webs.map(({ name }) => name), ...late.map(({ name }) => name)],
      always: handed.flatMap(({ name, role }) => (role === "support" ? name : [])),
      heirs: desired.heirs ?? {},
    },
  );
  const reasons = webs.flatMap(({ name }) =>
    names.includes(name) ? [[name, reasonOf(name, transfers)] as const] : [],
  );
  const doors = Object.fromEntries(reasons);
  const addOne = (name: string) => {
    const reason = doors[name];
    if (reason !== undefined) return addCutover(add, name, desired, reason);
    const service = late.find((one) => one.name === name);
    if (service) return addLate(service);
    const heirs = transfers.flatMap(({ giver, taker }) => (giver.service === name ? [taker.service] : []));
    if (leaving.includes(name)) return removals.taken(name, [...new Set(heirs)]);
    addGiving(add, name, [...new Set(heirs)], `the release has no ${name}, and ${reasonOf(name, transfers)}`);
  };
  return { names, doors, add: () => names.forEach(addOne) };
}

/** What changes hands at a service, in words. */
function reasonOf(name: string, transfers: readonly PortTransfer[]): string {
  const texts = transfers.flatMap(({ port, giver, taker }) => {
    if (giver.service === name) return [`it gives port ${textOfPort(port)} to ${taker.service}`];
    return taker.service === name ? [`it takes port ${textOfPort(port)} from ${giver.service}`] : [];
  });
  return [...new Set(texts)].join(" and ");
}
