import {
  askedAnew,
  type Finding,
  type OutputSink,
  type ReleaseBundle,
  SluiceError,
  type StoredRelease,
  within,
  withNamesakes,
} from "@sluice/core";
import type { DeployRequest } from "../requests.ts";
import { type EnginePorts, emit } from "../scope.ts";
import { matchRelease } from "./match-promoted.ts";
import { nameAgain } from "./name-again.ts";

type Wanted = Pick<DeployRequest, "project" | "proven" | "release">;
type Matched = ReturnType<typeof matchRelease>;

/** What is stored of a release, as a registry has its images now where it was asked. */
export interface MatchedNow extends Matched {
  /** The very release, or that of `matchStored`, which differs from it in nothing but what was pulled. Default: `same`. */
  readonly alike?: ReleaseBundle | null | undefined;
  /** Ids of what was pulled, see `withNamesakes`. Default: nothing was. */
  readonly pulled?: Readonly<Record<string, string>> | undefined;
}

interface PullOptions {
  /** The release that serves: what is pulled may take the names of its images. Default: none does. */
  readonly previousRelease?: StoredRelease | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How long registries may take, milliseconds: as long as a build, which pulls the same. */
const pullMs = 30 * 60_000;

/**
 * As `matchRelease`, before a registry is asked. Where it is to be, releases differ in what it had each time: the newest is one that
 * failed only where all of them did, as a commit that did not fail with one image is not what made another one fail. Pure.
 *
 * @throws SluiceError as `matchRelease`
 */
export function matchStored(bundles: readonly ReleaseBundle[], wanted: Wanted, key: string): Matched {
  const found = matchRelease(bundles, wanted, key);
  if (!found.same?.broken || askedOf(found, wanted).length === 0) return found;
  const sound = bundles.filter(({ broken }) => !broken);
  return { ...found, same: matchRelease(sound, wanted, key).same ?? found.same };
}

/**
 * As `matchStored`, for a plan of what asks a registry. Where nothing of the release is built here, and all that is stored of it failed,
 * the plan is that of another image: which one is there by now only the deployment learns, and refuses it where it is the same. Pure.
 *
 * @param serves id of the release that serves, which is no reason to refuse; `null` where none does
 * @throws SluiceError as `matchRelease`
 */
export function matchPlanned(
  bundles: readonly ReleaseBundle[],
  wanted: Wanted & Pick<DeployRequest, "retry">,
  key: string,
  serves: string | null,
): MatchedNow {
  const found = matchStored(bundles, wanted, key);
  const { same } = found;
  const isRefused = same?.broken !== undefined && same.id !== serves && !wanted.retry;
  const mayMove = isRefused && !isBuilt(wanted) && askedOf(found, wanted).length > 0;
  return mayMove ? { ...found, same: null, alike: same } : found;
}

/** Whether a commit says what is in a release: something of it is built from it. Pure. */
export function isBuilt({ project }: Pick<DeployRequest, "project">): boolean {
  return project.services.some(({ active, role, builds }) => active && role !== "tool" && builds);
}

/**
 * As `matchStored`; the very release has what a registry has by now under names that `pull_policy` asks for each time: no commit says
 * which image that is. It is pulled only where something stored would be used; what is built anew pulls in its build.
 *
 * @throws SluiceError IMAGE_MISSING where it cannot be pulled
 */
export async function matchReleaseOfNow(
  bundles: readonly ReleaseBundle[],
  wanted: Wanted,
  key: string,
  ports: EnginePorts,
  { previousRelease, signal }: PullOptions = {},
): Promise<MatchedNow> {
  const found = matchStored(bundles, wanted, key);
  const asked = askedOf(found, wanted);
  if (asked.length === 0) return found;
  // As before a build: what is pulled in place of an image that only lost its name may leave that one without any.
  if (previousRelease) await nameAgain(previousRelease, ports, { signal });
  const onOutput: OutputSink = (line) => emit({ ports }, { type: "output-line", ...line });
  const late = () =>
    new SluiceError(
      "IMAGE_MISSING",
      `what pull_policy asks for anew was not pulled within 30 min: ${asked.join(", ")}`,
      {
        hint: "is the registry slow, or the way to it? To deploy what is on the engine, set pull_policy: missing",
      },
    );
  const { project } = wanted;
  const pull = (limited: AbortSignal) => ports.images.pull(project, asked, { signal: limited, onOutput });
  const answered = await within(ports.clock, pullMs, signal, pull, late);
  const pulled = withNamesakes(project.model, project.services, answered);
  const hasThem = ({ images }: ReleaseBundle) => Object.entries(pulled).every(([name, id]) => images[name] === id);
  const { same } = matchRelease(bundles.filter(hasThem), wanted, key);
  // What the commit itself built is the same in all of them.
  const sameCommit = [...found.sameCommit.filter(hasThem), ...found.sameCommit.filter((one) => !hasThem(one))];
  return { promotion: found.promotion, same, alike: same ?? found.same, sameCommit, pulled };
}

/** That a deployment would ask, where a plan takes images as they are stored; none where it builds anyway. Pure. */
export function askedFindings({ same, alike = same, ...found }: MatchedNow, wanted: Wanted): readonly Finding[] {
  const asked = askedOf({ ...found, same: alike }, wanted);
  if (asked.length === 0) return [];
  const { tag, broken } = alike !== same && alike?.broken ? alike : {};
  const refused = broken ? `, and where it is that of ${tag} still, which failed on ${broken.at}, it is refused` : "";
  return [
    {
      severity: "info",
      code: "image-asked-anew",
      message: `a deployment asks the registry for the image of ${asked.join(", ")} anew (pull_policy), which a plan does not: where another one is there by now, it makes another release of it${refused}`,
      hint: "to have the same image each time, name it by its digest",
      service: asked[0],
    },
  ];
}

/** Services whose image a stored release has, that a registry is asked for; what is proven elsewhere is taken as it is. */
function askedOf({ same, sameCommit }: Matched, { project, proven }: Wanted): readonly string[] {
  const isStored = same !== null || sameCommit.length > 0;
  return isStored && !proven ? askedAnew(project.model, project.services) : [];
}
