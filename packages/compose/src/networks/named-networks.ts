import type { Engine } from "../engine/engine.ts";

interface Connected {
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, unknown>> | undefined } | undefined;
}

/**
 * Containers as the engine lists them or tells of one, with each network by its name. Compose of some versions (2.26 does) creates
 * a container on external networks by their ids, and the engine tells these until the container was started.
 */
export async function namedNetworks<Container extends Connected>(
  engine: Engine,
  containers: readonly Container[],
): Promise<readonly Container[]> {
  const isNamed = (container: Container) => !Object.keys(networksOf(container)).some(isId);
  if (containers.every(isNamed)) return containers;
  const networks = await engine.call("networks cannot be listed", (docker) => docker.listNetworks());
  const names = new Map(networks.map(({ Id, Name }) => [Id, Name]));
  return containers.map((container) => {
    if (isNamed(container)) return container;
    const named = Object.entries(networksOf(container)).map(([key, endpoint]) => [names.get(key) ?? key, endpoint]);
    return { ...container, NetworkSettings: { ...container.NetworkSettings, Networks: Object.fromEntries(named) } };
  });
}

function networksOf({ NetworkSettings }: Connected): Readonly<Record<string, unknown>> {
  return NetworkSettings?.Networks ?? {};
}

function isId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
