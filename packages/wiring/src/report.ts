import { secretValues } from "@sluice/compose";
import { createRedactor, type Journal, type ReleaseBundle, SluiceError, type StoredRelease } from "@sluice/core";
import { type AttemptRecord, bundleOf, findAttempt, lastAttempt } from "@sluice/engine";
import { type ReportData, reportData } from "@sluice/report";
import type { Session } from "./session.ts";

/**
 * What a deployment did, as data; the last one unless an id is given. Secrets of the project as it is now and of the
 * releases that were deployed and left are masked. A project that does not resolve any more is done without, where the
 * release is still stored.
 *
 * @throws SluiceError USAGE when there is no such deployment; what keeps the project from being resolved, where the
 * release is not stored any more
 */
export async function readReport(session: Session, id?: string, signal?: AbortSignal): Promise<ReportData> {
  const [ports, facts, resolved] = await Promise.all([
    session.ports(),
    session.facts(),
    session.project(signal).then(
      (project) => ({ project }),
      (error: unknown) => ({ error }),
    ),
  ]);
  signal?.throwIfAborted();
  const attempt = await attemptOf(ports.journal, id);
  const bundles = await ports.bundles.list();
  const load = async (release: string | null): Promise<StoredRelease | null> =>
    bundles.some((bundle) => bundle.id === release) && release ? ports.bundles.load(release) : null;
  const [release, previous] = await Promise.all([load(bundleOf(attempt)), load(attempt.start.previousBundle)]);
  // Nobody else knows what would have to be masked.
  if ("error" in resolved && !release) throw resolved.error;
  const current = "project" in resolved ? resolved.project.secrets : [];
  const stored = [release, previous].flatMap((one) => (one ? secretValues(one.model) : []));
  const bundle: ReleaseBundle | null = release?.bundle ?? null;
  return reportData(attempt, {
    stack: facts.stack,
    bundle,
    redact: createRedactor([...current, ...stored, facts.previewSecret]),
  });
}

async function attemptOf(journal: Journal, id: string | undefined): Promise<AttemptRecord> {
  const attempt = id === undefined ? await lastAttempt(journal) : await findAttempt(journal, id);
  if (attempt) return attempt;
  throw new SluiceError("USAGE", id === undefined ? "there is no deployment yet" : `there is no deployment ${id}`, {
    hint: id === undefined ? "sluice deploy" : "sluice history lists them",
  });
}
