import type { StateFinding } from "../../model/finding.ts";
import type { ObservedStack, RedefinedResource } from "../../model/stack.ts";

/** What the project defines otherwise than it is on the engine: no deployment makes a network or volume anew. Pure. */
export function redefinedFindings({ redefined }: Pick<ObservedStack, "redefined">): readonly StateFinding[] {
  return redefined.map(({ kind, key, name, differing }) => ({
    severity: "warn",
    code: `${kind}-redefined`,
    message: `${kind} ${name} is there with other ${differing.join(", ")} than ${key} in the compose file: deployments leave it as it is`,
    hint: hints[kind](name),
  }));
}

const hints: Readonly<Record<RedefinedResource["kind"], (name: string) => string>> = {
  network: (name) =>
    `give it another key in the compose file: the next sluice deploy makes that network, and replaces what of base is on it; then docker network rm ${name}`,
  volume: (name) =>
    `its data would go with it: stop what writes to it, back it up, give it another key in the compose file, copy what is in ${name} into the new volume, and deploy`,
};
