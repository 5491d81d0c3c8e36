import {
  type DeploymentPlan,
  isInSlot,
  isMountedImage,
  isPinned,
  type ReleaseBundle,
  type ServiceFacts,
  SluiceError,
} from "@sluice/core";
import { createsSlot } from "../actions/create-slot.ts";
import type { EnginePorts } from "../scope.ts";
import { bringBackHint } from "./gone-images.ts";

/**
 * Images that containers are made of in a plan, or mount, by service or reference: those of a slot, of jobs that run, and of what is pinned in base. What else base
 * names Compose takes by that name, or pulls. Pure.
 */
export function neededImages(
  { services, images }: Pick<ReleaseBundle, "services" | "images">,
  { steps }: Pick<DeploymentPlan, "steps">,
): Readonly<Record<string, string>> {
  const makesSlot = steps.some(createsSlot);
  const isMade = (service: ServiceFacts) =>
    steps.some(
      (step) =>
        (step.kind === "job" && step.service === service.name) ||
        ((step.kind === "base" || step.kind === "recreate") && step.service === service.name && isPinned(service)),
    );
  const needed = services.filter((service) => service.active && ((makesSlot && isInSlot(service)) || isMade(service)));
  const names = new Set(needed.map(({ name }) => name));
  // Whose mounts they are, a bundle does not say.
  const isNeeded = (name: string) => names.has(name) || (names.size > 0 && isMountedImage(name));
  return Object.fromEntries(Object.entries(images).filter(([name]) => isNeeded(name)));
}

/** @throws SluiceError IMAGE_MISSING where the engine lacks any that a plan to go back to a release needs */
export async function assertImages(
  target: ReleaseBundle,
  plan: Pick<DeploymentPlan, "steps">,
  { images }: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<void> {
  const missing = await images.missing(neededImages(target, plan), signal);
  if (missing.length === 0) return;
  throw new SluiceError(
    "IMAGE_MISSING",
    `release ${target.tag} cannot come back: the image of ${missing.join(", ")} is gone from the engine`,
    { hint: bringBackHint(target, missing) },
  );
}
