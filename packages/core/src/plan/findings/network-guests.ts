import type { StateFinding } from "../../model/finding.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** What of others is on networks of the stack, which its slots do not have: services there call it in vain. Pure. */
export function guestFindings({ guests = [] }: Pick<ObservedStack, "guests">): readonly StateFinding[] {
  const keys = new Map(guests.map(({ network, key }) => [network, key]));
  return [...keys].map(([network, key]) => {
    const found = guests.filter((guest) => guest.network === network).map(({ container }) => container);
    return {
      severity: "warn",
      code: "others-on-network",
      message: `services in slots do not reach ${found.join(", ")} of others on network ${network}: slots have networks of their own, with links to what is of the project`,
      hint: `if they call it, write networks.${key}: {name: ${network}, external: true} in the compose file: then they are on that network itself, which Compose leaves as it is`,
    };
  });
}
