import type { StateFinding } from "../../model/finding.ts";
import type { NetworkGuest, ObservedStack } from "../../model/stack.ts";

/** What of others is on networks of the stack, which its slots do not have: services there call it in vain. Pure. */
export function guestFindings({ guests = [] }: Pick<ObservedStack, "guests">): readonly StateFinding[] {
  const networks = new Map(guests.map((guest) => [guest.network, guest]));
  return [...networks].map(([network, one]) => {
    const found = guests.filter((guest) => guest.network === network).map(({ container }) => container);
    return {
      severity: "warn",
      code: "others-on-network",
      message: `services in slots do not reach ${found.join(", ")} of others on network ${network}: slots have networks of their own, with links to what is of the project`,
      hint: hintOf(one),
    };
  });
}

function hintOf({ key, network, remedy }: NetworkGuest): string {
  if (remedy === "further") {
    return "if they call it, give both one more network, with external: true in the compose file: services in slots are on that themselves";
  }
  if (remedy === "recreate") {
    return "if a service calls it, set services.NAME.strategy: recreate for that one in sluice.yaml (a gap at each deployment): in base it is on that network itself";
  }
  return `if they call it, write networks.${key}: {name: ${network}, external: true} in the compose file: then they are on that network itself, which Compose leaves as it is`;
}
