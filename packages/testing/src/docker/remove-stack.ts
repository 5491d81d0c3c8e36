import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { assertStackName, labels, slots, stackNames } from "@sluice/core";

const run = promisify(execFile);

/**
 * Removes what a test has made of a stack, and nothing of any other: containers, networks and volumes that bear its
 * label, or are of its Compose project or of the projects of its slots, and the tags of its images. Needs the `docker` command.
 */
export async function removeStack(stack: string): Promise<void> {
  assertStackName(stack);
  const projects = [stack, ...[...slots, "rehearsal" as const].map((slot) => stackNames.slotProject(stack, slot))];
  const filters = [
    `label=${labels.stack}=${stack}`,
    ...projects.map((project) => `label=com.docker.compose.project=${project}`),
  ];
  // In this order: a network or volume that is in use cannot go.
  await removeAll(filters, ["container", "ls", "--all", "--quiet"], ["container", "rm", "--force", "--volumes"]);
  await removeAll(filters, ["network", "ls", "--quiet"], ["network", "rm"]);
  await removeAll(filters, ["volume", "ls", "--quiet"], ["volume", "rm", "--force"]);
  const tags = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"];
  await removeAll([`reference=${stackNames.imageRepository(stack, "*")}`], tags, ["image", "rm", "--force"]);
  // What plain Compose has built; the label keeps it from those of a stack whose name begins with this one's.
  const built = [...tags, "--filter", `label=com.docker.compose.project=${stack}`];
  await removeAll([`reference=${stack}-*`], built, ["image", "rm", "--force"]);
}

async function removeAll(
  filters: readonly string[],
  list: readonly string[],
  remove: readonly string[],
): Promise<void> {
  const found = await Promise.all(filters.map((filter) => docker([...list, "--filter", filter])));
  const ids = [...new Set(found.flatMap((text) => text.split("\n").filter((line) => line !== "")))];
  if (ids.length > 0) await docker([...remove, ...ids]);
}

async function docker(args: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", [...args], { maxBuffer: 16 * 1_048_576 });
  return stdout;
}
