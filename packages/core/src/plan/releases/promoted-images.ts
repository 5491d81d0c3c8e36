import type { ComposeModel } from "../../model/compose.ts";
import { builderOf, isBuiltAs } from "../../model/image-names.ts";
import { mountedImages } from "../../model/mounted-images.ts";
import { isApplication } from "../../model/placement.ts";
import type { ProvenRelease, TakenImage } from "../../model/promotion.ts";
import type { ReleaseRequest } from "../../model/release.ts";
import type { ServiceFacts } from "../../model/service.ts";
import { buildDifferences, pulledImage } from "./image-recipe.ts";

/** What would be deployed, as it is resolved here. */
interface Project {
  readonly services: readonly ServiceFacts[];
  readonly model: ComposeModel;
}

/**
 * Images of a proven release that the services which users or jobs meet run, by service, or mount, by reference. What stays in base (databases,
 * proxies, dashboards) is an environment's own. Pure.
 */
export function promotedImages(
  { services, model }: Project,
  { bundle }: ProvenRelease,
): Readonly<Record<string, TakenImage>> {
  const { images, digests = {} } = bundle;
  return Object.fromEntries(
    [...namesOf(services.filter(isPromoted)), ...mountedImages(model, services)].flatMap((name) => {
      const id = images[name];
      return id === undefined ? [] : [[name, { id, ...(digests[name] ? { digest: digests[name] } : {}) }]];
    }),
  );
}

/**
 * Why the images of a proven release are not what this project would run; empty where they are. Names only, as values of
 * build arguments may be secret. Pure.
 */
export function promotionObjections(
  { services, model }: Project,
  request: Pick<ReleaseRequest, "tag" | "commit" | "dirty">,
  { stack, bundle, model: provenModel }: ProvenRelease,
): readonly string[] {
  if (request.dirty) return [`${request.tag} holds changes that no commit names: they were never in ${stack}`];
  if (bundle.dirty) return [`what ${stack} serves as ${bundle.tag} was built with uncommitted changes`];
  if (bundle.commit === null || bundle.commit !== request.commit) {
    return [`${stack} serves ${bundle.tag} (${short(bundle.commit)}), and ${request.tag} is ${short(request.commit)}`];
  }
  const promoted = namesOf(services.filter(isPromoted));
  const isBuilt = (image: string) => promoted.some((name) => isBuiltAs(model, name, image));
  const unproven = mountedImages(model, services).filter((name) => bundle.images[name] === undefined && !isBuilt(name));
  const ofServices = promoted.flatMap((name) => {
    if (bundle.images[name] === undefined) return [`${name} does not run in ${stack}: nothing of it is proven`];
    const differing = buildDifferences(model, provenModel, name);
    if (differing.length > 0) return [`${name} is built with other ${differing.join(", ")} in ${stack}`];
    const [here, there] = [pulledImage(model, name), pulledImage(provenModel, name)];
    if (builderOf(model, name) !== undefined || here === there) return [];
    return [`${name} runs ${there} in ${stack}, and ${here} here`];
  });
  return [...ofServices, ...unproven.map((name) => `${name} is not proven in ${stack}`)];
}

function isPromoted({ active, role, builds }: ServiceFacts): boolean {
  return active && role !== "tool" && (builds || isApplication(role) || role === "job");
}

function namesOf(services: readonly ServiceFacts[]): readonly string[] {
  return services.map(({ name }) => name);
}

function short(commit: string | null): string {
  return commit === null ? "no commit" : `commit ${commit.slice(0, 7)}`;
}
