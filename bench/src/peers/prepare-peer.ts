import { join } from "node:path";
import { createCheckout, type ReleaseFiles } from "../checkout.ts";
import { UsageError } from "../options.ts";
import type { Session } from "../session.ts";
import { createByHandPeer } from "./by-hand.ts";
import { createComposePeer } from "./compose.ts";
import type { Peer, PeerOptions } from "./peer.ts";
import { createSluicePeer, sluiceConfig } from "./sluice.ts";

export interface StageOptions {
  readonly startUpMs: number;
  readonly drainMs: number;
}

/** Brings version v1 of the shop up, the way of this peer. */
export async function preparePeer(session: Session, name: string, stage: StageOptions): Promise<Peer> {
  switch (name) {
    case "compose":
      return prepare(session, name, stage, createComposePeer);
    case "by-hand":
      return prepare(session, name, stage, createByHandPeer);
    case "sluice":
      return prepare(session, name, stage, createSluicePeer);
    default:
      throw new UsageError(`unknown peer "${name}": compose, by-hand, sluice`);
  }
}

/** The same for one that is known by its type. `files` are those of its releases. */
export async function prepare<P extends Peer>(
  session: Session,
  name: string,
  { startUpMs, drainMs }: StageOptions,
  create: (options: PeerOptions) => P,
  files: ReleaseFiles = { "sluice.yaml": sluiceConfig(drainMs) },
): Promise<P> {
  const checkout = await createCheckout({
    directory: join(session.directory, name),
    stack: `${session.prefix}${name}`,
    startUpMs,
    files,
  });
  const peer = create({ checkout, drainMs });
  session.say(`${name}: bringing version v1 up`);
  await checkout.release("v1");
  await peer.prepare(session.signal);
  return peer;
}
