import { secretValues } from "@sluice/compose";
import { createRedactor, type ReleaseBundle, SluiceError, type StoredRelease } from "@sluice/core";
import { type AttemptRecord, bundleOf, readAttempts } from "@sluice/engine";
import { type ReportData, reportData } from "@sluice/report";
import type { Session } from "./session.ts";

/**
 * What a deployment did, as data; the last one unless an id is given. Secrets of the project as it is now and of the
 * release that was deployed are masked.
 *
 * @throws SluiceError USAGE when there is no such deployment
 */
export async function readReport(session: Session, id?: string, signal?: AbortSignal): Promise<ReportData> {
  const [ports, project, facts] = await Promise.all([session.ports(), session.project(signal), session.facts()]);
  const attempt = attemptOf(await readAttempts(ports.journal), id);
  const bundles = await ports.bundles.list();
  const load = async (release: string | null): Promise<StoredRelease | null> =>
    bundles.some((bundle) => bundle.id === release) && release ? ports.bundles.load(release) : null;
  const [release, previous] = await Promise.all([load(bundleOf(attempt)), load(attempt.start.previousBundle)]);
  const models = [project.model, ...[release, previous].flatMap((stored) => (stored ? [stored.model] : []))];
  const bundle: ReleaseBundle | null = release?.bundle ?? null;
  return reportData(attempt, {
    stack: facts.stack,
    bundle,
    redact: createRedactor([...models.flatMap((model) => [...secretValues(model)]), facts.previewSecret]),
  });
}

function attemptOf(attempts: readonly AttemptRecord[], id: string | undefined): AttemptRecord {
  const attempt = id === undefined ? attempts.at(-1) : attempts.find(({ start }) => start.deployment === id);
  if (attempt) return attempt;
  throw new SluiceError("USAGE", id === undefined ? "there is no deployment yet" : `there is no deployment ${id}`, {
    hint: id === undefined ? "sluice deploy" : "sluice history lists them",
  });
}
