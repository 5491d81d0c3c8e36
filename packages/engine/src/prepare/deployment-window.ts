import { isAlwaysOpen, SluiceError } from "@sluice/core";
import type { DeployRequest } from "../requests.ts";

/**
 * What a deployment has to be consented to because of the windows: nothing where they are open, the override where they
 * are not. Going back asks for none: a window keeps trouble from beginning, not from ending.
 *
 * @throws SluiceError WINDOW_CLOSED with the next opening
 */
export async function windowConsents(
  { stack, config, override }: Pick<DeployRequest, "stack" | "config" | "override">,
  now: Date,
): Promise<readonly string[]> {
  if (isAlwaysOpen(config.windows)) return [];
  const { formatInZone, windowState } = await import("@sluice/core/windows");
  const { open, reason, nextOpening, timezone } = windowState(config.windows, now);
  if (open) return [];
  const given = override?.trim();
  if (given) return [`window: ${given} (${reason})`];
  const opens = nextOpening
    ? `it opens ${formatInZone(nextOpening, timezone)}`
    : "it does not open in the next 400 days";
  throw new SluiceError("WINDOW_CLOSED", `${stack} is not open for deployments: ${reason}`, {
    hint: `${opens}; sluice deploy --override REASON goes on now, and the reason is in the record; going back is never refused: sluice rollback`,
  });
}
