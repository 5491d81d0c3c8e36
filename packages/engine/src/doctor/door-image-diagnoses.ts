import type { Diagnosis } from "@sluice/core";
import type { MissingImage } from "../prepare/door-image.ts";

/** What is wrong with the image that doors are made of. Asked only where a service is reached through one. */
export function doorImageDiagnoses(missing: MissingImage | null): readonly Diagnosis[] {
  if (!missing) return [];
  return [
    {
      severity: "error",
      code: "door-image-missing",
      what: `image ${missing.image} of doors is not on the engine`,
      why: "no door can be made: a deployment that has to make one, as the first does, is refused",
      mend: missing.hint,
    },
  ];
}
