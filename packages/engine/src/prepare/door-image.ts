import { type Config, doorImage, doorImageCommand } from "@sluice/core";
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
  return { image, hint: doorImageCommand(config) };
}
