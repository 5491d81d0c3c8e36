import {
  type DeploymentPlan,
  isInSlot,
  isPinned,
  mountedImages,
  type ReleaseBundle,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { createsSlot } from "../actions/create-slot.ts";
import type { EnginePorts } from "../scope.ts";
import { bringBackHint } from "./gone-images.ts";

interface Needing extends Pick<StoredRelease, "model"> {
  readonly bundle: Pick<ReleaseBundle, "services" | "images">;
}

interface Making extends Pick<DeploymentPlan, "steps"> {
  /** The release serves: services of which containers are made in its slot, as those are gone. Default: it does not. */
  readonly mended?: readonly string[] | undefined;
}

/**
 * Images that containers are made of in a plan, or mount, by service or reference: those of a slot, of jobs that run, and of what is pinned in base. What else base
 * names Compose takes by that name, or pulls. Pure.
 */
export function neededImages(
  { bundle: { services, images }, model }: Needing,
  { steps, mended = [] }: Making,
): Readonly<Record<string, string>> {
  const makesSlot = steps.some(createsSlot);
  const isMade = (service: ServiceFacts) =>
    mended.includes(service.name) ||
    steps.some(
      (step) =>
        (step.kind === "job" && step.service === service.name) ||
        ((step.kind === "base" || step.kind === "recreate") && step.service === service.name && isPinned(service)),
    );
  const needed = services.filter((service) => service.active && ((makesSlot && isInSlot(service)) || isMade(service)));
  const names = new Set([...needed.map(({ name }) => name), ...mountedImages(model, needed)]);
  return Object.fromEntries(Object.entries(images).filter(([name]) => names.has(name)));
}

/** @throws SluiceError IMAGE_MISSING where the engine lacks any that a plan to go back to a release needs */
export async function assertImages(
  target: StoredRelease,
  plan: Making,
  { images }: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<void> {
  const missing = await images.missing(neededImages(target, plan), signal);
  if (missing.length === 0) return;
  const { bundle } = target;
  const cannot = plan.mended ? ", which serves, cannot be made whole" : " cannot come back";
  throw new SluiceError(
    "IMAGE_MISSING",
    `release ${bundle.tag}${cannot}: the image of ${missing.join(", ")} is gone from the engine`,
    { hint: bringBackHint(bundle, missing) },
  );
}
