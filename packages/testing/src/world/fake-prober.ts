import type { Check, Judge, Prober, ProbeTarget, Verdict } from "@sluice/core";
import { builtFor, type FakeContext } from "./context.ts";
import { isUp } from "./state.ts";

export function fakeProber({ act, state, behaviourOf }: FakeContext): Prober {
  return {
    probe: (check, target, signal) =>
      act(`prober.probe ${check.name}`, signal, () => {
        const containers = (target.containers[check.service] ?? []).flatMap((id) => state.containers.get(id) ?? []);
        const isWatched = containers.length > 0 && containers.every(isUp) && hasWay(check, target);
        const [first] = containers;
        const { failingChecks = [] } = behaviourOf(first ? (first.release ?? builtFor(state, first)) : null);
        return verdictOf(check, isWatched && !failingChecks.includes(check.name));
      }),
  };

  /** A check of a service that has a door goes through it. */
  function hasWay({ type, service }: Check, { doors }: ProbeTarget): boolean {
    const door = doors[service];
    return type !== "http" || door === undefined || state.doors.get(door.container)?.running === true;
  }
}

function verdictOf({ name, type }: Check, passes: boolean): Verdict {
  const [good, bad] = type === "container" ? ["running", "not running"] : ["status 200", "status 503"];
  return { check: name, result: passes ? "pass" : "fail", value: passes ? good : bad, limit: good, n: 1 };
}

/** Says what the release in the world deserves; it cannot know which slot it is asked for. */
export function fakeJudge({ state, behaviourOf }: FakeContext): Judge {
  return () => {
    const doors = [...state.doors.values()];
    const moved = doors.some(({ routing: { share } }) => share > 0);
    const releases = new Set([...state.containers.values()].map(({ release }) => release));
    const verdicts = [...releases].flatMap((release) => behaviourOf(release).verdict ?? []);
    return moved ? verdicts : [];
  };
}
