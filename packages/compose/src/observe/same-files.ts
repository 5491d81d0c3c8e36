import type { ResolvedProject, SameFilesProject } from "@sluice/core";
import type Docker from "dockerode";
import { readClaim } from "../base/claim.ts";
import { composeLabels, containerName, isMadeOf, listContainers } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";

type Wanted = Pick<ResolvedProject, "stack" | "files">;

/** What people run of the compose files under another name, and no stack of Sluice is: it may be what is to be deployed. */
export async function listSameFiles(
  engine: Engine,
  project: Wanted,
  signal?: AbortSignal,
): Promise<readonly SameFilesProject[]> {
  const found = sameFilesProjects(project, await listContainers(engine, [composeLabels.files], signal));
  const claims = await Promise.all(found.map((one) => readClaim(engine, one.project)));
  return found.filter((_one, index) => claims[index] === null);
}

/** By the names of projects. Pure. */
export function sameFilesProjects(
  { stack, files }: Wanted,
  containers: readonly Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels">[],
): readonly SameFilesProject[] {
  const others = containers.flatMap((container) => {
    const { [composeLabels.project]: project = stack, [composeLabels.oneOff]: oneOff } = container.Labels;
    const isOther = project !== stack && oneOff !== "True" && isMadeOf(container.Labels, files);
    return isOther ? [{ project, name: containerName(container) }] : [];
  });
  return [...new Set(others.map(({ project }) => project))].toSorted().map((project) => {
    const own = others.filter((one) => one.project === project);
    return { project, containers: own.map(({ name }) => name).toSorted() };
  });
}
