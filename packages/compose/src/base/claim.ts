import { labels, SluiceError, stackNames } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";

/** Id of the state home that a stack is tied to on this engine; `null` before the first claim. */
export async function readClaim(engine: Engine, stack: string): Promise<string | null> {
  const volume = await engine.call(`the claim on stack ${stack} cannot be read`, (docker) =>
    unlessStatus(docker.getVolume(stackNames.homeVolume(stack)).inspect(), [404], null),
  );
  return volume ? (volume.Labels?.[labels.home] ?? "") : null;
}

/**
 * Ties a stack to a state home by a label on a volume. Creating a volume that is there changes nothing, so of two who
 * claim at once one wins, and both learn who.
 *
 * @throws SluiceError HOME_MISMATCH
 */
export async function claim(engine: Engine, stack: string, homeId: string): Promise<void> {
  await engine.call(`stack ${stack} cannot be claimed`, (docker) =>
    docker.createVolume({
      Name: stackNames.homeVolume(stack),
      Labels: { [labels.stack]: stack, [labels.kind]: "home", [labels.home]: homeId },
    }),
  );
  const owner = await readClaim(engine, stack);
  if (owner === homeId) return;
  throw new SluiceError(
    "HOME_MISMATCH",
    `stack ${stack} on this engine belongs to state home ${owner || "(unknown)"}, not to ${homeId}`,
    {
      hint: "deploy from the machine that holds its state, or move the state here: `sluice state export` there, `sluice state import` here",
    },
  );
}
