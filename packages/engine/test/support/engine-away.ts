import { SluiceError } from "@sluice/core";
import type { Scenario } from "./scenario.ts";

export const gone = () => new SluiceError("ENGINE_UNREACHABLE", "the Docker engine does not answer: connect ENOENT");
const touchesEngine = (name: string) => !/^(?:journal|bundles|clock|notes|orders)\b/.test(name);

/** Without live-restore, one that was killed stops what still runs, and starts only what has `restart: always`. */
export function leaveAllDown({ world: { state, clock } }: Scenario): void {
  for (const container of state.containers.values()) {
    if (container.state !== "running") continue;
    container.state = "exited";
    container.finishedAt = clock.now().toISOString();
  }
  for (const door of state.doors.values()) door.running = false;
}

interface Absence {
  readonly onReturn?: () => void;
  /** Not before this holds. Default: from the beginning. */
  readonly from?: () => boolean;
}

/** From the first call with this name on the engine is away, until it was asked so often whether it is back. */
export function takeEngineAway(
  { world }: Scenario,
  at: string,
  asked: number,
  { onReturn = () => {}, from = () => true }: Absence = {},
): void {
  let state: "there" | "away" | "back" = "there";
  let left = asked;
  world.calls.fault = ({ name }) => {
    if (state === "there" && name.startsWith(at) && from()) state = "away";
    if (state !== "away") return undefined;
    if (name === "observer.ping" && (left -= 1) < 0) {
      state = "back";
      onReturn();
    }
    return state === "away" && touchesEngine(name) ? gone() : undefined;
  };
}
