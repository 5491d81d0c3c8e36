import type { ComposeModel } from "./compose.ts";
import { builderOf, withTag } from "./image-names.ts";
import { mountedImages } from "./mounted-images.ts";
import { isPinned } from "./pinned-model.ts";
import type { ServiceFacts } from "./service.ts";

/**
 * Whether a `pull_policy` asks the registry for an image each time: `always`, and `daily`, `weekly`, `every_<duration>`. Compose counts those
 * from when the engine last gave the image a name, which each deployment does for its release: with more than one a day a daily image
 * would never be pulled, so every deployment asks. Pure.
 */
export function isAskedAnew(policy: unknown): boolean {
  return typeof policy === "string" && /^(?:always$|daily$|weekly$|every_)/.test(policy);
}

/**
 * Services whose image each deployment asks a registry for, and that run what is there then: another image under the same name makes another
 * release. Those that nothing builds, of what runs the very image of a release, jobs among them; an image named by its digest (`@`) never
 * is another. Pure.
 */
export function askedAnew(model: ComposeModel, services: readonly ServiceFacts[]): readonly string[] {
  return services.flatMap((service) => {
    const { active, name, role } = service;
    const runsIt = active && role !== "tool" && (isPinned(service) || role === "job");
    const { image = "", ["pull_policy"]: policy } = model.services[name] ?? {};
    const asks = runsIt && isAskedAnew(policy) && !image.includes("@");
    return asks && builderOf(model, name) === undefined ? [name] : [];
  });
}

/**
 * What was pulled, ids by service, and all else of a release that names the same images: services that run, and what services mount, by
 * reference. A name is of one image on an engine, whoever asked for it, and so it is in a release. Pure.
 */
export function withNamesakes(
  model: ComposeModel,
  services: readonly ServiceFacts[],
  pulled: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const imageOf = (service: string) => withTag(model.services[service]?.image ?? "");
  const ids = new Map(Object.entries(pulled).map(([service, id]) => [imageOf(service), id]));
  const run = services.filter(({ active, role }) => active && role !== "tool");
  const named = [
    ...run.map(({ name }) => [name, imageOf(name)] as const),
    ...mountedImages(model, services).map((reference) => [reference, reference] as const),
  ];
  const namesakes = named.flatMap(([name, image]) => {
    const id = ids.get(image);
    return id === undefined ? [] : [[name, id] as const];
  });
  return Object.fromEntries(namesakes);
}
