import type { ComposeModel } from "@sluice/core";
import { parse } from "yaml";

/**
 * The model with the AI models (`models:`) that its services use: Compose 2.40 writes them in YAML, leaves them out of its JSON, and takes no
 * project without them.
 *
 * @param yaml what Compose writes of the same project as YAML; asked for only where it is needed
 */
export async function withModels(model: ComposeModel, yaml: () => Promise<string>): Promise<ComposeModel> {
  const isUsed = Object.values(model.services).some(({ models }) => Object.keys(models ?? {}).length > 0);
  if (!isUsed || model["models"] !== undefined) return model;
  const { models } = parse(await yaml()) as { readonly models?: unknown };
  return models === undefined ? model : { ...model, models };
}
