import { measure, run } from "./measure.ts";

/** Every container, network, volume and image of the benches has a name that begins so. */
export const namePrefix = "sluice-bench-";

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

/** Removes everything on the engine whose name begins with `prefix`. What another command removes meanwhile is no error. */
export async function removeByPrefix(prefix: string): Promise<void> {
  await removeAll(["rm", "-f", "-v"], await named(["ps", "-a", "--format", "{{.Names}}"], prefix));
  await removeAll(["network", "rm"], await named(["network", "ls", "--format", "{{.Name}}"], prefix));
  await removeAll(["volume", "rm", "-f"], await named(["volume", "ls", "--format", "{{.Name}}"], prefix));
  await removeAll(["rmi", "-f"], await named(["images", "--format", "{{.Repository}}:{{.Tag}}"], prefix));
  await removeAll(["rmi", "-f"], await untaggedImages(prefix));
}

const named = async (list: readonly string[], prefix: string): Promise<string[]> =>
  lines(await run(["docker", ...list])).filter((name) => name.startsWith(prefix));

async function removeAll(remove: readonly string[], names: readonly string[]): Promise<void> {
  if (names.length > 0) await measure(["docker", ...remove, ...names]);
}

/** A build takes the tag away from the image before it, which then is known by the label of its project only. */
async function untaggedImages(prefix: string): Promise<string[]> {
  const label = "com.docker.compose.project";
  const ids = lines(await run(["docker", "images", "-q", "--filter", "dangling=true", "--filter", `label=${label}`]));
  if (ids.length === 0) return [];
  const format = `{{index .Config.Labels "${label}"}} {{.Id}}`;
  const { stdout } = await measure(["docker", "inspect", "--format", format, ...new Set(ids)]);
  return lines(stdout)
    .filter((row) => row.startsWith(prefix))
    .map((row) => row.slice(row.indexOf(" ") + 1));
}

/** Names of all containers of the benches, on this engine. */
export const benchContainers = async (): Promise<string[]> =>
  lines(await run(["docker", "ps", "-a", "--filter", `name=${namePrefix}`, "--format", "{{.Names}}"]));

/** Id of the one running container of a service of a Compose project. */
export async function containerOf(project: string, service: string): Promise<string> {
  const label = (name: string, value: string) => ["--filter", `label=com.docker.compose.${name}=${value}`];
  const ids = lines(await run(["docker", "ps", "-q", ...label("project", project), ...label("service", service)]));
  const [id] = ids;
  if (id === undefined || ids.length > 1)
    throw new Error(`${ids.length} containers of ${project}/${service} run, not 1`);
  return id;
}
