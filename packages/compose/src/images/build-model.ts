import type { ComposeModel, ComposeService } from "@sluice/core";
import { notedDirectory } from "../model/checkout.ts";
import { canonicalJson } from "../resolve/canonical-json.ts";
import { withLocalCaches } from "./local-caches.ts";

/** How a build calls the image of another service that it begins from. */
const ofService = "service:";

/**
 * The model with another image name for each service that is built, so that a build takes no tag of the user's away.
 *
 * @param images name to build by service
 * @param shared which of them is built for each service; see {@link sharedBuilds}
 */
export function buildModel(
  model: ComposeModel,
  images: Readonly<Record<string, string>>,
  shared: Readonly<Record<string, string>> = {},
): ComposeModel {
  const directory = notedDirectory(model);
  const services = Object.keys(model.services).flatMap((name) => {
    const image = images[name];
    if (image === undefined) return [];
    const { build, ...rest } = recipeOf(model, name);
    return [[name, { image, build: withLocalCaches(withNames(build, shared), directory), ...rest }] as const];
  });
  const { name, secrets } = model;
  return { name, services: Object.fromEntries(services), ...(secrets ? { secrets } : {}) };
}

/** The services, and those that their builds begin from (`additional_contexts`), however many lie between. */
export function withContexts(model: ComposeModel, services: readonly string[]): readonly string[] {
  const found = new Set(services);
  for (const name of found) {
    for (const context of Object.values(contextsOf(recipeOf(model, name).build))) {
      const other = serviceOf(context);
      if (other !== undefined && model.services[other]?.build) found.add(other);
    }
  }
  return [...found];
}

/**
 * Services whose builds are word for word the same get one image: which of them is built for each, the first by name.
 * A web service, its worker and its migrations are often one program.
 */
export function sharedBuilds(model: ComposeModel, services: readonly string[]): Readonly<Record<string, string>> {
  const first = new Map<string, string>();
  const shared: Record<string, string> = {};
  for (const name of services.toSorted()) {
    const recipe = canonicalJson(recipeOf(model, name));
    if (!first.has(recipe)) first.set(recipe, name);
    shared[name] = first.get(recipe) ?? name;
  }
  return shared;
}

type Build = NonNullable<ComposeService["build"]>;

/** All that decides what is built. Tags of the build section would be overwritten: they are left out. */
function recipeOf({ services }: ComposeModel, name: string): { readonly build: Build; readonly platform?: unknown } {
  const { build: { tags: _tags, ...build } = {}, platform } = services[name] ?? {};
  return { build, ...(platform === undefined ? {} : { platform }) };
}

function withNames(build: Build, shared: Readonly<Record<string, string>>): Build {
  const contexts = Object.entries(contextsOf(build));
  if (contexts.length === 0) return build;
  const named = contexts.map(([name, context]) => {
    const other = serviceOf(context);
    return [name, other === undefined ? context : `${ofService}${shared[other] ?? other}`] as const;
  });
  return { ...build, additional_contexts: Object.fromEntries(named) };
}

/** `additional_contexts`, by name. */
export function contextsOf({ additional_contexts: contexts }: Build): Readonly<Record<string, unknown>> {
  return typeof contexts === "object" && contexts !== null ? { ...contexts } : {};
}

function serviceOf(context: unknown): string | undefined {
  return typeof context === "string" && context.startsWith(ofService) ? context.slice(ofService.length) : undefined;
}
