import type { StateFinding } from "../../model/finding.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedBaseService, ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { stateText } from "./memory-kill.ts";
import { isDone, isDown } from "./short-services.ts";

/**
 * What both slots use and does not run, each with what brings it back. Pure.
 *
 * @param services those of the release that serves
 * @param counts whether what has no container is told: not where nobody knows what that release wants. Default: it is
 * @param serves id or tag of that release, to which a rollback mends it at any time: no window refuses that. Default: it is not known
 */
export function downBaseFindings(
  { base, missingVolumes = {} }: Pick<ObservedStack, "base" | "missingVolumes">,
  services: readonly ServiceFacts[],
  { counts = true, serves = null }: { readonly counts?: boolean; readonly serves?: string | null } = {},
): readonly StateFinding[] {
  const back = serves === null ? "" : `; at any time: sluice rollback ${serves}`;
  const done = ({ service, containers }: ObservedBaseService) =>
    services.some((one) => one.name === service && isDone(one, containers));
  return Object.values(base).flatMap((seen): StateFinding[] => {
    const { service, state, reason, containers } = seen;
    if (state === "absent" && counts) {
      const message = `base service ${service} is gone: no container of it is there`;
      const hint = `the next sluice deploy makes it anew, also of the release that serves${back}; ${kept(missingVolumes[service])}`;
      return [{ severity: "error", code: "base-absent", service, message, hint }];
    }
    // One that is down may have been changed as well.
    const down = containers.find((container) => isDown(container.state) || container.state === "paused");
    const isChanged = state === "changed" && down !== undefined;
    if ((state !== "stopped" && !isChanged) || done(seen)) return [];
    const path = containers.flatMap(({ startError = "" }) => unmountable.exec(startError)?.groups?.["path"] ?? [])[0];
    if (path !== undefined) {
      const message = `base service ${service} does not run: it mounts ${path}, which is not there as it is to be`;
      const hint = `put it back there, then ${startCommand(containers)}; or the next sluice deploy from where it is checked out`;
      return [{ severity: "warn", code: "base-stopped", service, message, hint }];
    }
    const why = isChanged ? `${down.name} is ${stateText(down)}` : reason;
    const message = `base service ${service} does not run: ${why}`;
    const hint = `${startCommand(containers)}, or the next sluice deploy${back}`;
    return [{ severity: "warn", code: "base-stopped", service, message, hint }];
  });
}

function kept(missing: readonly string[] = []): string {
  if (missing.length === 0) return "its volumes are kept";
  const gone = missing.length === 1 ? `its volume ${missing[0]} is` : `its volumes ${missing.join(" and ")} are`;
  return `${gone} gone too: it starts empty, and sluice db list shows the backups`;
}

/** How the engine says that something mounted is not there, or is a directory in place of a file. */
const unmountable = /(?:error mounting "|bind source path does not exist: )(?<path>[^"\n]+)/;

/** The engine starts nothing that is paused. */
function startCommand(containers: readonly ObservedContainer[]): string {
  const paused = containers.filter(({ state }) => state === "paused");
  const [command, meant] = paused.length > 0 ? ["unpause", paused] : ["start", containers];
  return `docker ${command} ${meant.map(({ name }) => name).join(" ")}`;
}
