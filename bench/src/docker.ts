import { measure, run } from "./measure.ts";

/** Every container, network, volume and image of the benches has a name that begins so. */
export const namePrefix = "sluice-bench-";

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

/** Removes everything on the engine whose name begins with `prefix`. What another command removes meanwhile is no error. */
export async function removeByPrefix(prefix: string): Promise<void> {
  const kinds = [
    { list: ["ps", "-a", "--format", "{{.Names}}"], remove: ["rm", "-f", "-v"] },
    { list: ["network", "ls", "--format", "{{.Name}}"], remove: ["network", "rm"] },
    { list: ["volume", "ls", "--format", "{{.Name}}"], remove: ["volume", "rm", "-f"] },
    { list: ["images", "--format", "{{.Repository}}:{{.Tag}}"], remove: ["rmi", "-f"] },
  ];
  for (const { list, remove } of kinds) {
    const names = lines(await run(["docker", ...list])).filter((name) => name.startsWith(prefix));
    if (names.length > 0) await measure(["docker", ...remove, ...names]);
  }
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
