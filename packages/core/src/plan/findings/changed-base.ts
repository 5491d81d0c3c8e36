import type { StateFinding } from "../../model/finding.ts";
import type { BaseChange, ObservedBaseService, ObservedStack } from "../../model/stack.ts";
import { isDown } from "./short-services.ts";

/**
 * Services in base that run by another definition than the release that serves has, each with the way to its own. Pure.
 *
 * @param observed the stack next to what that release wants
 * @param tag of that release
 */
export function changedBaseFindings({ base }: Pick<ObservedStack, "base">, tag: string): readonly StateFinding[] {
  return Object.values(base)
    .filter(({ state }) => state === "changed")
    .map((seen) => ({
      severity: "warn",
      code: "base-changed",
      service: seen.service,
      message: `base service ${seen.service} is not as ${tag}, which serves, has it: ${differences(seen)}`,
      hint: wayTo(tag, seen),
    }));
}

function differences({ reason, change }: ObservedBaseService): string {
  const parts = [
    ...(change?.image ? [`image ${change.image.runs} runs, not ${change.image.wanted}`] : []),
    ...(change && change.leaves.length + change.takes.length > 0 ? [volumes(change)] : []),
  ];
  return parts.length > 0 ? parts.join(", and ") : reason;
}

function volumes({ leaves, takes }: BaseChange): string {
  const [has, lacks] = [leaves.join(" and "), takes.join(" and ")];
  if (has === "") return `it lacks volume ${lacks}`;
  return lacks === "" ? `it has volume ${has} as well` : `it has volume ${has}, not ${lacks}`;
}

function wayTo(tag: string, { change, containers }: ObservedBaseService): string {
  const way = `check out ${tag}, then: sluice deploy --release ${tag}`;
  // What another image has made of the same data may be nothing that this one reads.
  if (change?.image && change.keepsOthers) {
    const down = containers.filter(({ state }) => isDown(state));
    // Of what does not run no backup can be taken.
    if (down.length > 0)
      return `docker logs ${down[0]?.name} says what ${change.image.runs} did. Where it changed nothing: ${way}; else a release with a ${change.image.runs} that comes up, or a backup of before (sluice db list) once ${change.image.wanted} runs`;
    return `${change.image.wanted} may not read what ${change.image.runs} has written: take a backup (sluice db backup) before you go back to it (${way}), or deploy a release with ${change.image.runs}`;
  }
  const back = change && change.takes.length > 0 ? `, which goes back to what is in ${change.takes.join(" and ")}` : "";
  const left = change && change.leaves.length > 0 ? `; what is in ${change.leaves.join(" and ")} stays there` : "";
  return `${way}${back}${left}`;
}
