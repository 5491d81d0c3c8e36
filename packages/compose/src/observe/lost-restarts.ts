import { type ComposeModel, type LostRestart, labels, type Slot } from "@sluice/core";
import type Docker from "dockerode";
import { doorRestartPolicy } from "../doors/create-door.ts";
import { composeLabels } from "../engine/containers.ts";
import { restartPolicy } from "../model/restart-policy.ts";

export type Restarting = Pick<Docker.ContainerInspectInfo, "Name" | "Config" | "HostConfig">;

/**
 * Containers whose service has a restart policy, and from which somebody took theirs (`docker update --restart=no`). Pure. One policy
 * in the place of another is none of them: what is stopped is made `unless-stopped` by a deployment itself.
 */
export function lostRestarts(
  { services }: Pick<ComposeModel, "services">,
  containers: readonly Restarting[],
  slot: Slot | null,
): readonly LostRestart[] {
  return containers.flatMap((container): LostRestart[] => {
    const service = container.Config.Labels[composeLabels.service] ?? "";
    const policy = restartPolicy(services[service] ?? {}) ?? "no";
    if (policy === "no" || hasPolicy(container)) return [];
    return [{ slot, service, container: container.Name.slice(1), policy }];
  });
}

/** The same of doors, which are made with one whatever their service has. Pure. */
export function lostDoorRestarts(doors: readonly Restarting[]): readonly LostRestart[] {
  return doors
    .filter((door) => !hasPolicy(door))
    .map(({ Name, Config }) => {
      const service = Config.Labels[labels.service] ?? "";
      return { slot: null, service, container: Name.slice(1), policy: doorRestartPolicy };
    });
}

function hasPolicy({ HostConfig }: Restarting): boolean {
  const { Name = "" } = HostConfig.RestartPolicy ?? {};
  return Name !== "" && Name !== "no";
}
