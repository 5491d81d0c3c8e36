import { type Finding, type FindingCode, labels, type ResolvedProject, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { isDark, type SeenDoor, servingOf } from "../doors/serving-door.ts";
import { composeLabels, containerName } from "../engine/containers.ts";

interface Leftover {
  readonly container: Docker.ContainerInfo;
  readonly finding: Finding;
  /** It serves, and lacks no more than this name. Default: it goes. */
  readonly rename?: string;
}

/** What attempts that are over left on the engine: jobs, checks, previews, doors that do not serve, a rehearsal. */
export function leftoverFindings(
  project: Pick<ResolvedProject, "stack">,
  containers: readonly Docker.ContainerInfo[],
): readonly Finding[] {
  return leftoversOf(project, containers).map(({ finding }) => finding);
}

/** As `leftoverFindings`, with what each is about. `containers` are all that the stack has beside its slots and base. */
export function leftoversOf(
  { stack }: Pick<ResolvedProject, "stack">,
  containers: readonly Docker.ContainerInfo[],
): readonly Leftover[] {
  const rehearsal = stackNames.slotProject(stack, "rehearsal");
  const doors = containers.filter(({ Labels }) => Labels[labels.kind] === "door");
  return containers.flatMap((container): Leftover[] => {
    const { Labels } = container;
    const service = Labels[labels.service] ?? Labels[composeLabels.service];
    const found = (code: FindingCode, message: string): Leftover[] => [
      { container, finding: { severity: "warn", code, message, service } },
    ];
    const name = containerName(container);
    if (Labels[composeLabels.project] === rehearsal) {
      return found("leftover-rehearsal", `container ${name} of a rehearsal is left`);
    }
    if (Labels[labels.kind] === "job")
      return found("leftover-job", `job container ${name} is left (${container.Status})`);
    if (Labels[labels.kind] === "check") return found("leftover-check", `container ${name} of a check is left`);
    if (Labels[labels.kind] === "scratch") return found("leftover-scratch", `throw-away container ${name} is left`);
    if (Labels[labels.kind] === "preview") return found("leftover-preview", `preview door ${name} is left`);
    if (Labels[labels.kind] !== "door" || service === undefined) return [];
    const own = doors.filter((door) => door.Labels[labels.service] === service).map(seen);
    const wanted = stackNames.door(stack, service);
    if (isUnused(stack, wanted, seen(container), servingOf(stack, service, own))) {
      return found("leftover-door", `door ${name} does not serve`);
    }
    if (own.length > 1 || name === wanted) return [];
    return found("leftover-name", `door ${name} serves and is not called ${wanted} yet`).map((one) => ({
      ...one,
      rename: wanted,
    }));
  });
}

function seen(container: Docker.ContainerInfo): SeenDoor {
  return {
    id: container.Id,
    name: containerName(container),
    networks: Object.keys(container.NetworkSettings?.Networks ?? {}),
    isRunning: container.State === "running",
  };
}

/** A door that never took over, or that has given everything to another one. */
function isUnused(stack: string, wanted: string, door: SeenDoor, serving: SeenDoor | undefined): boolean {
  const isDarkDoor = isDark(stack, door.networks);
  if (!serving || door.id === serving.id) return isDarkDoor && door.name !== wanted;
  return isDarkDoor || (!door.isRunning && serving.isRunning && !isDark(stack, serving.networks));
}
