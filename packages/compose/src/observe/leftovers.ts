import { type Finding, labels, type ResolvedProject, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { isDark } from "../doors/serving-door.ts";
import { composeLabels, containerName } from "../engine/containers.ts";

/** What attempts that are over left on the engine: jobs, checks, previews, doors that never took over, a rehearsal. */
export function leftoverFindings(
  { stack }: Pick<ResolvedProject, "stack">,
  containers: readonly Docker.ContainerInfo[],
): readonly Finding[] {
  const rehearsal = stackNames.slotProject(stack, "rehearsal");
  return containers.flatMap((container): Finding[] => {
    const { Labels } = container;
    const service = Labels[labels.service] ?? Labels[composeLabels.service];
    const found = (code: string, message: string): Finding[] => [{ severity: "warn", code, message, service }];
    const name = containerName(container);
    if (Labels[composeLabels.project] === rehearsal) {
      return found("leftover-rehearsal", `container ${name} of a rehearsal is left`);
    }
    if (Labels[labels.kind] === "job")
      return found("leftover-job", `job container ${name} is left (${container.Status})`);
    if (Labels[labels.kind] === "check") return found("leftover-check", `container ${name} of a check is left`);
    if (Labels[labels.kind] === "scratch") return found("leftover-scratch", `throw-away container ${name} is left`);
    if (Labels[labels.kind] === "preview") return found("leftover-preview", `preview door ${name} is left`);
    if (isUnusedDoor(stack, container)) return found("leftover-door", `door ${name} never took over`);
    return [];
  });
}

function isUnusedDoor(stack: string, container: Docker.ContainerInfo): boolean {
  const { Labels, NetworkSettings } = container;
  if (
    Labels[labels.kind] !== "door" ||
    containerName(container) === stackNames.door(stack, Labels[labels.service] ?? "")
  ) {
    return false;
  }
  return isDark(stack, Object.keys(NetworkSettings?.Networks ?? {}));
}
