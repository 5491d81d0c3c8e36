import { type ComposeHealthcheck, parseDuration, type StartBudget } from "@sluice/core";
import { isSwitchedOff, startBudget } from "./start-budget.ts";

/** As an image has it; nanoseconds. */
export interface ImageHealthcheck {
  readonly Test?: readonly string[] | undefined;
  readonly Interval?: number | undefined;
  readonly Timeout?: number | undefined;
  readonly StartPeriod?: number | undefined;
  readonly Retries?: number | undefined;
}

/**
 * The start budget of a service whose image is known: the engine runs the image's own health check where the compose file
 * has none, and takes from it what the compose file leaves open. Pure.
 *
 * @param known by the compose file and the configuration alone; never shortened, and final where it is configured
 */
export function budgetWithImage(
  known: StartBudget,
  written: ComposeHealthcheck | undefined,
  image: ImageHealthcheck | undefined,
): StartBudget {
  const test = written?.test ?? image?.Test ?? [];
  if (known.isConfigured || !image || isSwitchedOff(written) || test.length === 0 || test[0] === "NONE") return known;
  const { timeoutMs, derivation } = startBudget({
    test,
    interval: either(written?.interval, image.Interval),
    timeout: either(written?.timeout, image.Timeout),
    start_period: either(written?.start_period, image.StartPeriod),
    retries: written?.retries || image.Retries,
  });
  if (timeoutMs <= known.timeoutMs) return known;
  const imageMs = timeoutMs - known.timeoutMs;
  return { timeoutMs, derivation: `${derivation}, by the image's health check`, imageMs };
}

/** Zero leaves it to the image, too. */
function either(written: string | undefined, nanoseconds = 0): string {
  return parseDuration(written ?? "0") ? (written ?? "") : `${nanoseconds / 1e6}ms`;
}
