import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";

/** Id of an image on the engine, or `null`. */
export async function imageId(engine: Engine, name: string): Promise<string | null> {
  const image = await engine.call(`image ${name} cannot be looked at`, (docker) =>
    unlessStatus(docker.getImage(name).inspect(), [404], null),
  );
  return image?.Id ?? null;
}
