import { SluiceError } from "@sluice/core";
import type { Manifest } from "@sluice/database";

/** Whoever restores what is another stack's has said whose. @throws SluiceError CONFIRMATION_NEEDED */
export function assertAgreed(
  { id, stack: of }: Pick<Manifest, "id" | "stack">,
  stack: string,
  agreed: string | undefined,
): void {
  if (of === undefined || of === stack || of === agreed) return;
  throw new SluiceError(
    "CONFIRMATION_NEEDED",
    `backup ${id} is of stack ${of}, and this is ${stack}: nothing was changed`,
    {
      hint: `if its data is to take the place of this one's: --of-stack ${of}`,
    },
  );
}
