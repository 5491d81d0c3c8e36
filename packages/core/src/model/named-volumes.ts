import type { ComposeModel, ComposeVolume } from "./compose.ts";

/** Name on the engine of each named volume of the model by its key. */
export function volumeNames({
  name,
  volumes,
}: Pick<ComposeModel, "name" | "volumes">): Readonly<Record<string, string>> {
  const entries = Object.entries<ComposeVolume | null>(volumes ?? {});
  return Object.fromEntries(entries.map(([key, volume]) => [key, volume?.name ?? `${name}_${key}`]));
}

/** Names on the engine of the named volumes that the model gives a service, each once. */
export function volumesOf(model: ComposeModel, service: string): readonly string[] {
  const names = volumeNames(model);
  const mounts = model.services[service]?.volumes ?? [];
  const own = mounts.flatMap(({ type, source }) =>
    type === "volume" && source !== undefined ? [names[source] ?? source] : [],
  );
  return [...new Set(own)];
}
