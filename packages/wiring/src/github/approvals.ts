import { type EventSink, type Journal, type JournalRecord, readWorkflowRun, redactDeep } from "@sluice/core";
import { lastServing } from "@sluice/engine";
import { type Approvals, type Github, readApprovals } from "@sluice/release";
import { recordsOf } from "../record/records-of.ts";
import type { Session } from "../session.ts";
import { withGrace } from "./grace.ts";
import type { StartEvent } from "./shown.ts";

/** How long a deployment that has ended still waits for GitHub to say who approved it, milliseconds. */
const graceMs = 2_000;

/**
 * A record of who approved what went live; those of older versions do not tell of commits without a pull request, or call
 * so what was not asked for.
 */
export type ApprovalsRecord = JournalRecord &
  Omit<Approvals, "direct" | "unasked"> &
  Partial<Pick<Approvals, "direct" | "unasked">> & { readonly type: "approvals"; readonly deployment: string };

/**
 * Asks GitHub who approved a deployment while it runs, and records it at its end. What GitHub does not say by then is not
 * in the record, and changes no deployment.
 */
export function followApprovals(
  session: Session,
  github: Github,
  commitOf: (start: StartEvent) => Promise<string | undefined>,
): { readonly onEvent: EventSink; settled(): Promise<void> } {
  const ending = new AbortController();
  const asked: Promise<{ readonly deployment: string; readonly approvals: Approvals } | null>[] = [];
  let start: StartEvent | null = null;
  const ask = async (begun: StartEvent) => {
    const [commit, previous] = await Promise.all([commitOf(begun), servingCommit(session)]);
    if (commit === undefined) return null;
    const { id: run } = readWorkflowRun(session.options.env);
    const approvals = await readApprovals(github, { commit, previous, run }, ending.signal);
    return { deployment: begun.deployment, approvals };
  };
  return {
    onEvent(event) {
      if (event.type === "deployment-start") start = event;
      if (event.type !== "plan" || event.steps.length === 0 || start?.deployment !== event.deployment) return;
      asked.push(ask(start).catch(() => null));
    },
    async settled() {
      const answers = await withGrace(session.clock, graceMs, ending, Promise.all(asked));
      const found = answers.filter((one) => one !== null);
      const { journal } = await session.ports();
      for (const { deployment, approvals } of found) {
        const told = redactDeep(approvals, session.redact);
        await journal.append({ type: "approvals", deployment, ...told }).catch(() => undefined);
      }
    },
  };
}

/** All records of who approved what, oldest first. */
export function readApprovalRecords(journal: Journal): Promise<readonly ApprovalsRecord[]> {
  return recordsOf(journal, (type) => type === "approvals");
}

/** Commit of the release that went live last: what is deployed now comes on top of it. */
export async function servingCommit(session: Pick<Session, "ports">): Promise<string | undefined> {
  const { journal, bundles } = await session.ports();
  const serving = await lastServing(journal);
  const bundle = (await bundles.list()).find(({ id }) => id === serving?.release);
  return bundle?.commit ?? undefined;
}
