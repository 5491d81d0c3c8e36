import { type Finding, labels, type ResolvedProject, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, containerName } from "../engine/containers.ts";

/** What attempts that are over left on the engine: jobs, previews, doors that never took over, a rehearsal. */
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
    if (Labels[labels.kind] === "preview") return found("leftover-preview", `preview door ${name} is left`);
    if (isDarkDoor(stack, container)) return found("leftover-door", `door ${name} never took over`);
    return [];
  });
}

/** A door that is on links only: it was made to take over, and did not. */
export function isDarkDoor(stack: string, { Labels, NetworkSettings }: Docker.ContainerInfo): boolean {
  if (Labels[labels.kind] !== "door") return false;
  const links = (["blue", "green"] as const).map((slot) => stackNames.link(stack, slot, ""));
  return Object.keys(NetworkSettings?.Networks ?? {}).every((name) => links.some((link) => name.startsWith(link)));
}
