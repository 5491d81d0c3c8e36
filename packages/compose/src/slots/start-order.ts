import type Docker from "dockerode";
import { composeLabels } from "../engine/containers.ts";

export interface Dependency {
  readonly service: string;
  readonly mustBeHealthy: boolean;
}

/** Reads Compose's own label of a container: `db:service_healthy:false,cache:service_started:true`. */
export function dependenciesOf({ Labels }: Pick<Docker.ContainerInfo, "Labels">): readonly Dependency[] {
  return (Labels[composeLabels.dependsOn] ?? "").split(",").flatMap((entry) => {
    const [service, condition] = entry.split(":");
    return service ? [{ service, mustBeHealthy: condition === "service_healthy" }] : [];
  });
}
