import { type Config, doorImage } from "@sluice/core";
import type { EnginePorts } from "../scope.ts";

export interface MissingImage {
  readonly image: string;
  /** Command that brings it. */
  readonly hint: string;
}

/** The image that doors are made of, where it is not on the engine; `null` where it is. @throws SluiceError ENGINE_UNREACHABLE */
export async function missingDoorImage(
  config: Config,
  { images }: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<MissingImage | null> {
  const image = doorImage(config);
  if ((await images.missing({ door: image }, signal)).length === 0) return null;
  const directory = config.traffic.driver === "caddy" ? "images/door-caddy" : "images/door";
  const hint = config.traffic.image
    ? `docker pull ${image}`
    : `in a checkout of Sluice: docker build -t ${image} ${directory}`;
  return { image, hint };
}
