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

/**
 * Services in waves: each wave depends only on the ones before it. Services of a cycle come together in one wave, and
 * dependencies that are not among the services are left out.
 */
export function startWaves(dependencies: Readonly<Record<string, readonly string[]>>): readonly (readonly string[])[] {
  const waves: string[][] = [];
  let left = Object.keys(dependencies);
  while (left.length > 0) {
    const waiting = new Set(left);
    const free = left.filter(
      (name) => !(dependencies[name] ?? []).some((other) => waiting.has(other) && other !== name),
    );
    const wave = free.length > 0 ? free : left;
    waves.push(wave);
    left = left.filter((name) => !wave.includes(name));
  }
  return waves;
}
