import { join } from "node:path";
import { createEvent, readWorkflowRun } from "@sluice/core";
import { type AttemptRecord, bundleOf } from "@sluice/engine";
import { createOutbox, type DeliveryReport, dropUntold, type OutboxEntry } from "@sluice/notify";
import { followOnGithub } from "../github/follow.ts";
import { recordUpkeep, upkeepParts } from "../record/upkeep.ts";
import type { Session } from "../session.ts";
import { assertAvailable } from "./channels.ts";
import { unavailableFindings } from "./delivery-findings.ts";
import { type Asked, type NotifyParts, notifierOf, withNotifications } from "./with-notifications.ts";

/** What is to be told of, with the commit of the release where it is known. */
type AskedRelease = Omit<Asked, "actor"> & { readonly commit?: string | null };

/** Runs what may end a deployment, and tells people and GitHub how it ended. The caller holds the lock. */
export async function tellingHowItEnds<T>(
  session: Session,
  { commit = null, ...asked }: AskedRelease,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const commitOf = async ({ tag, bundle }: Release) =>
    (await commitOfBundle(session, bundle)) ?? (tag === asked.release ? (commit ?? undefined) : undefined);
  const parts: NotifyParts = {
    ...(await partsOf(session)),
    commitOf: (attempt: AttemptRecord) => commitOf({ tag: attempt.start.tag, bundle: bundleOf(attempt) }),
  };
  for (const finding of unavailableFindings(parts.opened, "warn")) {
    session.lastWord.sink(createEvent(session.clock.now(), { type: "finding", finding }));
  }
  const following = await followOnGithub(session, ({ tag, release }) => commitOf({ tag, bundle: release }));
  return withNotifications(parts, { ...asked, actor: session.options.actor }, signal, () => following(run));
}

interface Release {
  readonly tag: string;
  /** Id; empty or `null` for one that is not built yet. */
  readonly bundle: string | null;
}

async function commitOfBundle(session: Session, id: string | null): Promise<string | undefined> {
  if (!id) return undefined;
  const bundles = await (await session.ports()).bundles.list();
  return bundles.find((bundle) => bundle.id === id)?.commit ?? undefined;
}

/**
 * Before a deployment begins: everybody can be told of it. Going back is not kept from anybody by this.
 *
 * @throws SluiceError CONFIG_INVALID with the variables that are missing
 */
export async function assertTellable(session: Session, signal: AbortSignal | undefined): Promise<void> {
  assertAvailable(await session.channels(signal));
}

/** What was told lately, and what waits; oldest first. */
export async function readOutbox(session: Session): Promise<readonly OutboxEntry[]> {
  return createOutbox(outboxDirOf((await session.home()).path)).list();
}

/** Gives up what a channel was not told, and records that. The caller holds the lock. */
export async function dropChannel(session: Session, channel: string): Promise<readonly OutboxEntry[]> {
  const [{ path }, parts] = await Promise.all([session.home(), upkeepParts(session)]);
  const dropped = await dropUntold(createOutbox(outboxDirOf(path)), channel, session.clock.now());
  const notifications = dropped.map(({ id }) => id);
  await recordUpkeep(parts, { type: "outbox-dropped", channel, notifications });
  return dropped;
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

/** What telling people needs of a session. */
export async function partsOf(session: Session): Promise<NotifyParts> {
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
    link: readWorkflowRun(options.env).link,
  };
}

const outboxDirOf = (home: string) => join(home, "outbox");
