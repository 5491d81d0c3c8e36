import type { CallOptions, ComposeModel } from "@sluice/core";
import { composeModel } from "../engine/compose-model.ts";
import type { Engine } from "../engine/engine.ts";
import { untilTagged } from "./until-tagged.ts";

/** What Compose may take for the end of its log once all images are there. */
const reportMs = 5_000;

export interface BuildRun extends CallOptions {
  /** For messages. */
  readonly services: readonly string[];
  /** All tags that the build sets. */
  readonly tags: readonly string[];
}

/**
 * Builds what a model holds. Resolves as soon as all images are there, with a promise that the log is complete, which
 * never rejects: after 5 s Compose is told to end.
 *
 * @throws SluiceError BUILD_FAILED with the end of the output
 */
export async function runBuild(
  engine: Engine,
  model: ComposeModel,
  { services, tags, signal, onOutput }: BuildRun,
): Promise<{ readonly reported: Promise<void> }> {
  const [late, over] = [new AbortController(), new AbortController()];
  const ended = composeModel(engine, model, ["--progress", "plain", "build"], {
    failed: `images of ${services.join(", ")} cannot be built`,
    code: "BUILD_FAILED",
    source: "build",
    niceness: 10,
    signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    onOutput,
  });
  // A cache is sent to where it is kept after the images have their tags.
  const sendsCache = Object.values(model.services).some(({ build }) => build?.["cache_to"] !== undefined);
  await (sendsCache ? ended : untilTagged(engine, tags, ended));
  const reported = ended.then(
    () => over.abort(),
    () => over.abort(),
  );
  engine.clock.sleep(reportMs, over.signal).then(
    () => late.abort(),
    () => undefined,
  );
  return { reported };
}
