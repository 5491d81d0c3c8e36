import { join } from "node:path";
import { createEvent } from "@sluice/core";
import { createOutbox, type DeliveryReport, type OutboxEntry } from "@sluice/notify";
import type { Session } from "../session.ts";
import { assertAvailable } from "./channels.ts";
import { runLink } from "./notification-of.ts";
import {
  type Asked,
  type NotifyParts,
  notifierOf,
  unavailableFindings,
  withNotifications,
} from "./with-notifications.ts";

/** Runs what may end a deployment, and tells people how it ended. The caller holds the lock. */
export async function tellingHowItEnds<T>(
  session: Session,
  asked: Omit<Asked, "actor">,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const parts = await partsOf(session);
  for (const finding of unavailableFindings(parts.opened, "warn")) {
    session.lastWord.sink(createEvent(session.clock.now(), { type: "finding", finding }));
  }
  return withNotifications(parts, { ...asked, actor: session.options.actor }, signal, run);
}

/**
 * Before a deployment begins: everybody can be told of it. Going back is not kept from anybody by this.
 *
 * @throws SluiceError CONFIG_INVALID with the variables that are missing
 */
export async function assertTellable(session: Session): Promise<void> {
  assertAvailable(await session.channels());
}

/** What was told lately, and what waits; oldest first. */
export async function readOutbox(session: Session): Promise<readonly OutboxEntry[]> {
  return createOutbox(outboxDirOf((await session.home()).path)).list();
}

/** Tries what waits. The caller holds the lock. */
export async function flushOutbox(
  session: Session,
  withUncertain: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly DeliveryReport[]> {
  const parts = await partsOf(session);
  return notifierOf(parts).flush({ withinMs: parts.config.notify.timeout, withUncertain, signal });
}

async function partsOf(session: Session): Promise<NotifyParts> {
  const { options, clock, redact, lastWord } = session;
  const [stack, config, opened, home, ports] = await Promise.all([
    session.stack(),
    session.config(),
    session.channels(),
    session.home(),
    session.ports(),
  ]);
  const outboxDir = outboxDirOf(home.path);
  return {
    stack,
    config,
    opened,
    outboxDir,
    journal: ports.journal,
    clock,
    redact,
    lastWord,
    link: runLink(options.env),
  };
}

const outboxDirOf = (home: string) => join(home, "outbox");
