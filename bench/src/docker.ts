import { measure, run } from "./measure.ts";

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

/** What has a name on an engine: how it is listed, and how it is removed. In the order in which it can be. */
const kinds = [
  { list: ["ps", "-a", "--format", "{{.Names}}"], remove: ["rm", "-f", "-v"] },
  { list: ["network", "ls", "--format", "{{.Name}}"], remove: ["network", "rm"] },
  { list: ["volume", "ls", "--format", "{{.Name}}"], remove: ["volume", "rm", "-f"] },
  { list: ["images", "--format", "{{.Repository}}:{{.Tag}}"], remove: ["rmi", "-f"] },
] as const;

/** Names of everything on the engine: containers, networks, volumes, images, and projects of images that lost their tags. */
export async function namesOnEngine(): Promise<string[]> {
  const named: string[] = [];
  for (const { list } of kinds) named.push(...lines(await run(["docker", ...list])));
  return [...named, ...(await untaggedImages()).map(({ project }) => project)];
}

/** Removes everything on the engine whose name begins with `prefix`. What another command removes meanwhile is no error. */
export async function removeByPrefix(prefix: string): Promise<void> {
  for (const { list, remove } of kinds) {
    const names = lines(await run(["docker", ...list])).filter((name) => name.startsWith(prefix));
    await removeAll(remove, names);
  }
  const untagged = (await untaggedImages()).filter(({ project }) => project.startsWith(prefix));
  await removeAll(
    ["rmi", "-f"],
    untagged.map(({ id }) => id),
  );
}

async function removeAll(remove: readonly string[], names: readonly string[]): Promise<void> {
  if (names.length > 0) await measure(["docker", ...remove, ...names]);
}

/** A build takes the tag away from the image before it, which then is known by the label of its project only. */
async function untaggedImages(): Promise<{ readonly project: string; readonly id: string }[]> {
  const label = "com.docker.compose.project";
  const ids = lines(await run(["docker", "images", "-q", "--filter", "dangling=true", "--filter", `label=${label}`]));
  if (ids.length === 0) return [];
  const format = `{{index .Config.Labels "${label}"}} {{.Id}}`;
  const { stdout } = await measure(["docker", "inspect", "--format", format, ...new Set(ids)]);
  return lines(stdout).map((row) => {
    const [project = "", id = ""] = row.split(" ");
    return { project, id };
  });
}

/** Id of the one running container of a service of a Compose project. */
export async function containerOf(project: string, service: string): Promise<string> {
  const label = (name: string, value: string) => ["--filter", `label=com.docker.compose.${name}=${value}`];
  const ids = lines(await run(["docker", "ps", "-q", ...label("project", project), ...label("service", service)]));
  const [id] = ids;
  if (id === undefined || ids.length > 1)
    throw new Error(`${ids.length} containers of ${project}/${service} run, not 1`);
  return id;
}
