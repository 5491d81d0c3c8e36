import type { ComposeModel, ComposeService } from "../model/compose.ts";
import { isApplication } from "../model/placement.ts";
import type { ProvenRelease, TakenImage } from "../model/promotion.ts";
import type { ReleaseRequest } from "../model/release.ts";
import type { ServiceFacts } from "../model/service.ts";

/** What would be deployed, as it is resolved here. */
interface Project {
  readonly services: readonly ServiceFacts[];
  readonly model: ComposeModel;
}

/** Parts of a build that go into the image; where the sources are does not. */
const decisive = ["args", "target", "dockerfile", "dockerfile_inline", "additional_contexts"] as const;

/**
 * Images of a proven release for the services that users or jobs meet, by service. What stays in base (databases,
 * proxies, dashboards) is an environment's own. Pure.
 */
export function promotedImages(
  { services }: Pick<Project, "services">,
  { bundle }: ProvenRelease,
): Readonly<Record<string, TakenImage>> {
  const { images, digests = {} } = bundle;
  return Object.fromEntries(
    services.filter(isPromoted).flatMap(({ name }) => {
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
  if (bundle.commit === null || bundle.commit !== request.commit) {
    return [`${stack} serves ${bundle.tag} (${short(bundle.commit)}), and ${request.tag} is ${short(request.commit)}`];
  }
  return services.filter(isPromoted).flatMap(({ name }) => {
    if (bundle.images[name] === undefined) return [`${name} does not run in ${stack}: nothing of it is proven`];
    const here = model.services[name] ?? {};
    const there = provenModel.services[name] ?? {};
    const differing = buildDifferences(here, there);
    if (differing.length > 0) return [`${name} is built with other ${differing.join(", ")} in ${stack}`];
    const isOthers = Object.values(model.services).some(({ build, image }) => build && image === here.image);
    const isSame = here.build || isOthers || here.image === there.image;
    return isSame ? [] : [`${name} runs ${there.image ?? "no image"} in ${stack}, and ${here.image ?? "none"} here`];
  });
}

function isPromoted({ active, role, builds }: ServiceFacts): boolean {
  return active && role !== "tool" && (builds || isApplication(role) || role === "job");
}

function buildDifferences({ build: here }: ComposeService, { build: there }: ComposeService): readonly string[] {
  if (!here || !there) return Boolean(here) === Boolean(there) ? [] : ["sources"];
  return decisive.flatMap((part) => {
    const [a, b] = [entriesOf(here[part]), entriesOf(there[part])];
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
    if (names.length === 0) return [];
    return part === "args" ? [`arguments (${names.toSorted().join(", ")})`] : [part];
  });
}

/** A map as it is, anything else as one entry; each value as text. */
function entriesOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return { "": JSON.stringify(value) };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, JSON.stringify(one)]));
}

function short(commit: string | null): string {
  return commit === null ? "no commit" : `commit ${commit.slice(0, 7)}`;
}
