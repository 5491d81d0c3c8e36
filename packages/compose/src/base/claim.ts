import { labels, moveStateHint, SluiceError, stackNames } from "@sluice/core";
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
  if (owner !== homeId) throw mismatch(stack, owner, homeId);
}

/**
 * That a stack is tied to no other state home. One that is tied to none stays so. One call.
 *
 * @throws SluiceError HOME_MISMATCH
 */
export async function assertNotAnothers(engine: Engine, stack: string, homeId: string): Promise<void> {
  const owner = await readClaim(engine, stack);
  if (owner !== null && owner !== homeId) throw mismatch(stack, owner, homeId);
}

/**
 * Ties a stack to another state home than the one it is tied to: the one before is refused from then on. Labels of a
 * volume cannot be changed, so it is made anew; nothing is in it. An interruption leaves the stack free, or moved.
 *
 * @param from id that the stack is tied to now; `null` for none
 * @throws SluiceError HOME_MISMATCH when somebody else has moved it meanwhile
 */
export async function moveClaim(engine: Engine, stack: string, from: string | null, to: string): Promise<void> {
  const owner = await readClaim(engine, stack);
  if (owner === to) return;
  if (owner !== from) throw mismatch(stack, owner, to);
  if (owner !== null) {
    await engine.call(`the claim on stack ${stack} cannot be moved`, (docker) =>
      unlessStatus(docker.getVolume(stackNames.homeVolume(stack)).remove(), [404], null),
    );
  }
  await claim(engine, stack, to);
}

function mismatch(stack: string, owner: string | null, homeId: string): SluiceError {
  const message = `stack ${stack} on this engine belongs to state home ${owner || "(unknown)"}, not to ${homeId}`;
  return new SluiceError("HOME_MISMATCH", message, { hint: moveStateHint(stack) });
}
