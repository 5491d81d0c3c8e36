import type { ResolvedProject, ServiceFacts } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { budgetWithImage, type ImageHealthcheck } from "../roles/image-budget.ts";

/** Facts of services with the start budgets that their images ask for. An image that is not there tells nothing. */
export function imageFacts(
  engine: Engine,
  { model, services }: Pick<ResolvedProject, "model" | "services">,
  images: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<readonly ServiceFacts[]> {
  return Promise.all(
    services.map(async (service) => {
      const id = images[service.name];
      if (id === undefined || service.startBudget.isConfigured) return service;
      signal?.throwIfAborted();
      const image = await engine.call(`image ${id} cannot be looked at`, (docker) =>
        unlessStatus(docker.getImage(id).inspect(), [404], null),
      );
      const { Healthcheck } = (image?.Config ?? {}) as { readonly Healthcheck?: ImageHealthcheck };
      const budget = budgetWithImage(service.startBudget, model.services[service.name]?.healthcheck, Healthcheck);
      return { ...service, startBudget: budget };
    }),
  );
}
