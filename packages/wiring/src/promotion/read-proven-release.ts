import { access } from "node:fs/promises";
import { join } from "node:path";
import { findBundle, type PromotionConfig, type ProvenRelease, type ReleaseRequest, SluiceError } from "@sluice/core";
import { lastLiveAt, provenHere } from "@sluice/engine";
import { stateHomeOf } from "../project/locations.ts";
import { createSession, type Session } from "../session.ts";
import { readStatus } from "../status/status.ts";
import { verifyLive } from "../watch/verify.ts";
import { proofHint } from "./proof-hint.ts";
import { type ProofFacts, proofObjections } from "./proof-objections.ts";

/**
 * The release that another stack serves, once it has proven itself there: served to everybody for long enough, with
 * nothing wrong, and its checks pass now. Changes nothing there. One that was live here before is not asked for there: what
 * is tested there meanwhile, or that it is down, keeps nobody from mending this stack or from going back.
 *
 * @throws SluiceError RELEASE_REFUSED with everything that does not hold
 */
export async function readProvenRelease(
  session: Session,
  promotion: PromotionConfig,
  { release, withChecks }: { readonly release: ReleaseRequest; readonly withChecks: boolean },
  signal?: AbortSignal,
): Promise<ProvenRelease> {
  const [project, own] = await Promise.all([session.project(signal), session.ports()]);
  const here = await provenHere({ stack: await session.stack(), project, release }, own, signal);
  if (here) return here;
  const stored = findBundle(await own.bundles.list(), release.tag)?.tag ?? null;
  const { stack, environment, stateHome, minimumTime } = promotion;
  const options = { ...session.options, stack, environment, stateHome, onEvent: undefined };
  const hint = proofHint({ stack, environment, stateHome: stateHomeOf(options, stack) }, stored);
  await assertHomeIsThere(stateHomeOf(options, stack), stack, hint);
  await using other = createSession(options);
  const facts = await readProof(other, stack, withChecks, signal);
  const objections = proofObjections(facts, { now: session.clock.now(), minimumMs: minimumTime, release });
  if (objections.length > 0 || !facts.serving) {
    throw refused(`${release.tag} is not proven: ${objections.join("; ")}`, hint);
  }
  const { bundle, model } = await (await other.ports()).bundles.load(facts.serving.release);
  return { stack, bundle, model };
}

async function readProof(
  other: Session,
  stack: string,
  withChecks: boolean,
  signal: AbortSignal | undefined,
): Promise<ProofFacts> {
  const { serving, unfinished, findings } = await readStatus(other, signal);
  const liveSince = serving && (await lastLiveAt((await other.ports()).journal, serving.release));
  const verdicts = withChecks && serving ? await verifyLive(other, signal) : [];
  return { stack, serving, liveSince, unfinished, findings, verdicts };
}

/** Opening a home makes it; a wrong path must make none. */
async function assertHomeIsThere(path: string, stack: string, hint: string): Promise<void> {
  await access(join(path, "home.json")).catch((cause: unknown) => {
    throw refused(`nothing is proven: ${stack} has no state home at ${path}`, hint, cause);
  });
}

function refused(message: string, hint: string, cause?: unknown): SluiceError {
  return new SluiceError("RELEASE_REFUSED", message, { hint, cause });
}
