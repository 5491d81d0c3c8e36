import type { ResolvedProject, ServiceFacts } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { budgetWithImage, type ImageHealthcheck } from "../roles/image-budget.ts";
import { assertNothingLeftBehind } from "../roles/image-volumes.ts";

interface ImageConfig {
  readonly Healthcheck?: ImageHealthcheck | undefined;
  readonly Volumes?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Facts of services with the start budgets that their images ask for. An image that is not there tells nothing.
 *
 * @throws SluiceError RELEASE_REFUSED where an image in slots keeps data in a volume that no later slot would have
 */
export function imageFacts(
  engine: Engine,
  { model, services }: Pick<ResolvedProject, "model" | "services">,
  images: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<readonly ServiceFacts[]> {
  return Promise.all(
    services.map(async (service) => {
      const id = images[service.name];
      if (id === undefined) return service;
      signal?.throwIfAborted();
      const image = await engine.call(`image ${id} cannot be looked at`, (docker) =>
        unlessStatus(docker.getImage(id).inspect(), [404], null),
      );
      const { Healthcheck, Volumes } = (image?.Config ?? {}) as ImageConfig;
      const written = model.services[service.name];
      assertNothingLeftBehind(service, written, Object.keys(Volumes ?? {}));
      const budget = budgetWithImage(service.startBudget, written?.healthcheck, Healthcheck);
      return { ...service, startBudget: budget };
    }),
  );
}
