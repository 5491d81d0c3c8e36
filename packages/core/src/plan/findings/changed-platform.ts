import type { ComposeModel } from "../../model/compose.ts";
import type { ObservedStack } from "../../model/stack.ts";

/**
 * What was observed, where the reason of each base service that changed says so if it is for another platform than with the release
 * that serves: a shell with another `DOCKER_DEFAULT_PLATFORM` does that, and nobody would look for it there. Pure.
 */
export function withChangedPlatforms<T extends Pick<ObservedStack, "base">>(
  observed: T,
  serves: ComposeModel | undefined,
  wanted: ComposeModel,
): T {
  const base = Object.values(observed.base).map((seen) => {
    const before = serves?.services[seen.service];
    const [runs, wants] = [platformOf(before), platformOf(wanted.services[seen.service])];
    if (seen.state !== "changed" || before === undefined || runs === wants) return [seen.service, seen] as const;
    const reason = `${seen.reason}, also its platform (${runs} runs, ${wants} is wanted)`;
    return [seen.service, { ...seen, reason }] as const;
  });
  return { ...observed, base: Object.fromEntries(base) };
}

function platformOf(service: ComposeModel["services"][string] | undefined): string {
  const platform = service?.["platform"];
  return typeof platform === "string" ? platform : "the engine's own";
}
