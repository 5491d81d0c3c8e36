import type { Session } from "../session.ts";
import { createProgress } from "./progress.ts";
import { runLink } from "./run-link.ts";
import { type StartEvent, shownAtStart } from "./shown.ts";

/** Runs something, and ends when GitHub was told of the deployments that it began, or could not be. */
export type Following = <T>(run: () => Promise<T>) => Promise<T>;

/** Shows deployments on GitHub while they run, where GitHub is to be told; how they end is told as people are. */
export async function followOnGithub(
  session: Session,
  commitOf: (start: StartEvent) => Promise<string | undefined>,
): Promise<Following> {
  const opened = await session.github();
  if (!opened?.reporter) return (run) => run();
  const { reporter, place } = opened;
  const { lastWord, options } = session;
  const stack = await session.stack();
  const link = runLink(options.env);
  const progress = createProgress(reporter, async (start) =>
    shownAtStart(start, { stack, commit: await commitOf(start), link }, place),
  );
  return async (run) => {
    lastWord.watch(progress.onEvent);
    try {
      return await run();
    } finally {
      await progress.settled();
    }
  };
}
