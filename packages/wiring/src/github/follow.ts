import { readWorkflowRun } from "@sluice/core";
import type { Session } from "../session.ts";
import { followApprovals } from "./approvals.ts";
import { createProgress } from "./progress.ts";
import { type StartEvent, shownAtStart } from "./shown.ts";

/** Runs something, and ends when GitHub was told of the deployments that it began, or could not be. */
export type Following = <T>(run: () => Promise<T>) => Promise<T>;

/**
 * Shows deployments on GitHub while they run, where GitHub is to be told, and records who approved them; how they end is
 * told as people are. The caller holds the lock.
 */
export async function followOnGithub(
  session: Session,
  commitOf: (start: StartEvent) => Promise<string | undefined>,
): Promise<Following> {
  const [opened, config] = await Promise.all([session.github(), session.config()]);
  const { lastWord, options } = session;
  if (!opened) return (run) => run();
  const { reporter, place, github } = opened;
  const stack = await session.stack();
  const link = readWorkflowRun(options.env).link;
  const progress =
    reporter &&
    createProgress(session.clock, reporter, async (start) =>
      shownAtStart(start, { stack, commit: await commitOf(start), link }, place),
    );
  const approvals =
    config.github.approvals || config.github.require.approvals > 0 ? followApprovals(session, github, commitOf) : null;
  return async (run) => {
    lastWord.watch((event) => {
      progress?.onEvent(event);
      approvals?.onEvent(event);
    });
    try {
      return await run();
    } finally {
      await Promise.all([progress?.settled(), approvals?.settled()]);
    }
  };
}
