import type { CallOptions, ComposeModel } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { findImages } from "./find-images.ts";

/**
 * Image ids by reference of images that services mount, pulled where they are not on the engine, as those that services run are.
 *
 * @throws SluiceError as `findImages`
 */
export async function findMounted(
  engine: Engine,
  model: ComposeModel,
  references: readonly string[],
  options: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const named = references.map((image, index) => [`mounted-${index}`, { image }] as const);
  const carriers = { ...model, services: Object.fromEntries(named) };
  const ids = await findImages(engine, carriers, Object.keys(carriers.services), options);
  return Object.fromEntries(named.map(([name, { image }]) => [image, ids[name] ?? ""]));
}
