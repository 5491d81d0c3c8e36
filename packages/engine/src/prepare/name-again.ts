import type { CallOptions, StoredRelease } from "@sluice/core";
import type { EnginePorts } from "../scope.ts";

/**
 * Names that images of a release have lost, by a pruning or by hand: those that keep them, without which the next pruning takes
 * what a way back needs, and those that the project names, without which a registry is asked for what may be another image by now.
 */
export async function nameAgain(
  { bundle, model }: StoredRelease,
  { images }: Pick<EnginePorts, "images">,
  options: CallOptions = {},
): Promise<void> {
  const named = bundle.services.filter(({ name, builds }) => !builds && bundle.images[name] !== undefined);
  const names = [
    ...Object.entries(bundle.imageTags),
    ...named.map(({ name }) => [name, model.services[name]?.image ?? ""] as const),
  ];
  // A digest is no name that could be given.
  const given = names.filter(([, name]) => name !== "" && !name.includes("@"));
  await images.nameAgain(
    Object.fromEntries(given.map(([service, name]) => [name, bundle.images[service] ?? ""])),
    options,
  );
}
