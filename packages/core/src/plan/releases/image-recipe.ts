import { notedCheckout, notedPlatform } from "../../model/checkout.ts";
import type { ComposeModel, ComposeService } from "../../model/compose.ts";
import { builderOf } from "../../model/image-names.ts";
import { mountedImages } from "../../model/mounted-images.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { StoredRelease } from "../../ports/bundle-store.ts";

/** Parts of a build that go into the image. Where the checkout is does not. */
const decisive = [
  "context",
  "args",
  "target",
  "dockerfile",
  "dockerfile_inline",
  "additional_contexts",
  "labels",
  "platforms",
] as const;

/** Those of them that name places. */
const places = new Set<string>(["context", "dockerfile", "additional_contexts"]);

/** How a build calls the image of another service that it begins from. */
const ofService = "service:";

type Entries = Readonly<Record<string, string>>;

/**
 * Whether the images of a stored release of the same commit are those that a project would build or pull: all that it
 * runs is there, and would be built alike or has the same name. Pure.
 */
export function hasImagesOf(
  { bundle, model: stored }: Pick<StoredRelease, "bundle" | "model">,
  { services, model }: { readonly services: readonly ServiceFacts[]; readonly model: ComposeModel },
): boolean {
  const used = services.filter(({ active, role }) => active && role !== "tool");
  const mounted = mountedImages(model, services);
  // Nothing but the default platform says what they are pulled for.
  const isSamePlatform = mounted.length === 0 || notedPlatform(model) === notedPlatform(stored);
  const areMounted = isSamePlatform && mounted.every((reference) => reference in bundle.images);
  return (
    areMounted &&
    used.every(
      ({ name }) =>
        name in bundle.images &&
        buildDifferences(model, stored, name).length === 0 &&
        (builderOf(model, name) !== undefined || pulledImage(model, name) === pulledImage(stored, name)),
    )
  );
}

/**
 * What goes into the image of a service and is another in the one model than in the other, in words; empty where it is
 * built alike, or in neither. Names only, as values of build arguments may be secret. Pure.
 */
export function buildDifferences(a: ComposeModel, b: ComposeModel, service: string): readonly string[] {
  const [one, other] = [builderOf(a, service), builderOf(b, service)];
  if (one === undefined || other === undefined) return one === other ? [] : ["sources"];
  const [here, there] = [recipeOf(a, one), recipeOf(b, other)];
  return Object.keys(here).flatMap((part) => {
    const [x, y] = [here[part] ?? {}, there[part] ?? {}];
    const names = [...new Set([...Object.keys(x), ...Object.keys(y)])].filter((name) => x[name] !== y[name]);
    if (names.length === 0) return [];
    return part === "args" ? [`arguments (${names.toSorted().join(", ")})`] : [part];
  });
}

/** The image of a service that is not built, as it is asked for. */
export function pulledImage(model: ComposeModel, service: string): string {
  const { image = "no image", platform = notedPlatform(model) } = model.services[service] ?? {};
  return typeof platform === "string" ? `${image} for ${platform}` : image;
}

function recipeOf(
  model: ComposeModel,
  service: string,
  above: readonly string[] = [],
): Readonly<Record<string, Entries>> {
  const { build = {}, platform }: ComposeService = model.services[service] ?? {};
  const around = [...above, service];
  const parts = decisive.map((part) => {
    const tell = places.has(part) ? (value: unknown) => placeOf(model, value, around) : undefined;
    return [part, entriesOf(build[part], tell)] as const;
  });
  return { ...Object.fromEntries(parts), platform: entriesOf(platform) };
}

/** A path as it is in any checkout; for the image of another service, how that is made. */
function placeOf(model: ComposeModel, value: unknown, above: readonly string[]): unknown {
  if (typeof value !== "string") return value;
  if (value.startsWith(ofService)) {
    const other = value.slice(ofService.length);
    const isBuilt = model.services[other]?.build && !above.includes(other);
    return isBuilt ? recipeOf(model, other, above) : [value, pulledImage(model, other)];
  }
  const checkout = notedCheckout(model);
  if (checkout === undefined) return value;
  if (value === checkout) return ".";
  return value.startsWith(`${checkout}/`) ? `./${value.slice(checkout.length + 1)}` : value;
}

/** A map as it is, anything else as one entry; each value as text. */
function entriesOf(value: unknown, tell = (one: unknown): unknown => one): Entries {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return { "": JSON.stringify(tell(value)) };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, JSON.stringify(tell(one))]));
}
