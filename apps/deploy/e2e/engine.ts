import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The docker command line; what it printed, without the last line break. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

async function list(...args: readonly string[]): Promise<readonly string[]> {
  return (await docker(...args)).split("\n").filter((line) => line !== "");
}

const projects = (stack: string) => [stack, `${stack}-blue`, `${stack}-green`, `${stack}-rehearsal`];

/** Removes everything that belongs to one stack: by its labels, and by the Compose projects made from its name. */
export async function removeStack(stack: string): Promise<void> {
  const labels = [`dev.sluice.stack=${stack}`, ...projects(stack).map((name) => `com.docker.compose.project=${name}`)];
  const all = async (...command: readonly string[]) => [
    ...new Set((await Promise.all(labels.map((label) => list(...command, "-q", "--filter", `label=${label}`)))).flat()),
  ];
  const containers = await all("container", "ls", "-a");
  if (containers.length > 0) await docker("container", "rm", "-f", "-v", ...containers);
  const networks = await all("network", "ls");
  if (networks.length > 0) await docker("network", "rm", ...networks);
  const volumes = await all("volume", "ls");
  if (volumes.length > 0) await docker("volume", "rm", ...volumes);
  const images = await list(
    "image",
    "ls",
    "--format",
    "{{.Repository}}:{{.Tag}}",
    "--filter",
    `reference=sluice/${stack}-*`,
  );
  if (images.length > 0) await docker("image", "rm", "-f", ...images);
}

/** Removes a network, whoever is on it. */
export async function removeNetwork(name: string): Promise<void> {
  const members = "{{range $id, $_ := .Containers}}{{$id}} {{end}}";
  for (const id of (await docker("network", "inspect", "--format", members, name)).split(" ").filter(Boolean))
    await docker("network", "disconnect", "-f", name, id);
  await docker("network", "rm", name);
}

/** Every container of a stack with its id and the moment it was started: equal when nothing was touched. */
export async function containersOf(stack: string): Promise<readonly string[]> {
  const ids = await list("container", "ls", "-a", "-q", "--no-trunc", "--filter", `name=^${stack}[-_]`);
  if (ids.length === 0) return [];
  return (await docker("inspect", "--format", "{{.Id}} {{.Name}} {{.State.StartedAt}} {{.State.Status}}", ...ids))
    .split("\n")
    .sort();
}

const facts =
  "{{.Name}} {{.State.Status}} since {{.State.StartedAt}}, {{.RestartCount}} restarts, last end {{.State.FinishedAt}}:" +
  "{{range $name, $endpoint := .NetworkSettings.Networks}} {{$name}} ({{$endpoint.IPAddress}} {{$endpoint.Aliases}}){{end}}";

/**
 * How the containers of a stack stand on the engine of an environment: without that, a test that failed cannot tell a name
 * that the engine did not know from a database that was away. Never fails.
 */
export async function standingOf(stack: string, env: NodeJS.ProcessEnv): Promise<string> {
  const ask = async (...args: readonly string[]) => (await run("docker", args, { env, timeout: 30_000 })).stdout.trim();
  try {
    const ids = (await ask("container", "ls", "-a", "-q", "--filter", `name=^${stack}[-_]`))
      .split("\n")
      .filter(Boolean);
    return ids.length === 0 ? "" : await ask("container", "inspect", "--format", facts, ...ids);
  } catch (error) {
    return `the engine does not tell how its containers stand: ${String(error)}`;
  }
}
