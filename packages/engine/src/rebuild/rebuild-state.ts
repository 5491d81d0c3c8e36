import {
  isApplication,
  liveSlot,
  type ObservedSlot,
  type ObservedStack,
  type ReleaseBundle,
  type ReleaseRequest,
  type ResolvedProject,
  type Serving,
  type Slot,
  SluiceError,
  slots,
  type TaggedImage,
} from "@sluice/core";
import { assertDoorsAnswer } from "../prepare/preflight.ts";
import type { Initiator } from "../requests.ts";
import type { EnginePorts, StackFacts } from "../scope.ts";
import { releaseImages, releaseTagsOf } from "./tagged-release.ts";

export interface RebuildRequest extends Pick<StackFacts, "stack">, Initiator {
  readonly project: ResolvedProject;
  /** What the checkout is, where that can be told: the bundle of that release can be made again. */
  readonly release: ReleaseRequest | null;
  /** Id of the state home that the stack belonged to until now. */
  readonly previousHome: string | null;
  /** Id of the state home that the one that is made takes the place of; `null` where there was none, or it cannot be read. Default: none is known. */
  readonly replacedHome?: string | null | undefined;
  /** The bundle of a release that the home that is replaced holds whole, and the one that is made gets from there. Default: none is. */
  readonly keptBundle?: ((id: string) => Promise<ReleaseBundle | null>) | undefined;
}

export interface RebuiltSlot {
  readonly slot: Slot;
  readonly release: string;
  /** `null` where the tags of its images do not tell, or more than one may be it. */
  readonly tag: string | null;
  readonly live: boolean;
  /** Its bundle is stored again: one can go back to it. */
  readonly bundle: boolean;
}

/** What a state home could be made of. */
export interface RebuiltState {
  readonly serving: Serving | null;
  readonly slots: readonly RebuiltSlot[];
  /** What could not be rebuilt, in sentences. */
  readonly lost: readonly string[];
}

/** What the engine shows of a stack whose state home is lost. Changes nothing. */
export interface RebuildFindings extends RebuiltState {
  /** Those that are made again. */
  readonly bundles: readonly ReleaseBundle[];
}

/**
 * Reads from the engine what a lost state home knew: who serves, by the doors; which releases the slots hold, by labels
 * and tags of images. A bundle is made again only where it is proven to be the same: the id of a release is a hash over
 * its commit, model and images, so the checkout is that release or it is not. What runs in base says of no release that it is
 * its own: of a stack without slots there is only that it belonged to a home. Changes nothing.
 *
 * @throws SluiceError PREFLIGHT_FAILED when the stack has no slot and belongs to no home, or a door does not say where it leads
 */
export async function findRebuildable(
  request: RebuildRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<RebuildFindings> {
  const { stack, project, previousHome, keptBundle } = request;
  const [observed, tagged] = await Promise.all([
    ports.observer.observe(project, signal),
    ports.images.tagged(stack, signal),
  ]);
  const held = slots.map((slot) => observed.slots[slot]).filter((slot) => slot.release !== null);
  if (held.length === 0 && previousHome === null) throw nothingThere(stack);
  assertDoorsAnswer(observed);
  const live = liveSlot(observed);
  const found = await Promise.all(
    held.map(async (slot) => {
      const tags = releaseTagsOf(stack, slot.containers, tagged);
      const kept = (await keptBundle?.(slot.release ?? "")) ?? null;
      return { slot, tags, kept, bundle: kept ?? provenBundle(request, ports, { slot, tagged, tags }) };
    }),
  );
  const proven = new Set(found.map(({ bundle }) => bundle?.tag));
  const rebuilt = found.map(({ slot, tags, bundle }): RebuiltSlot => {
    // Of several that have the same images only those are left that are not known to be another's.
    const [only = null, ...others] = tags.filter((tag) => !proven.has(tag));
    return {
      slot: slot.slot,
      release: slot.release ?? "",
      tag: bundle?.tag ?? (others.length === 0 ? only : null),
      live: live?.slot === slot.slot,
      bundle: bundle !== null,
    };
  });
  const serving = rebuilt.find((slot) => slot.live);
  return {
    serving: serving
      ? { release: serving.release, tag: serving.tag ?? serving.release, slot: serving.slot, share: live?.share ?? 100 }
      : null,
    slots: rebuilt,
    lost: [
      ...rebuilt.filter(({ bundle }) => !bundle).map(lostBundle),
      ...(held.length === 0 ? lostInBase(observed, project) : []),
      lostRecord,
      ...(Object.values(observed.doors).some(({ containerId }) => containerId !== null) ? [lostKey] : []),
    ],
    bundles: found.flatMap(({ kept, bundle }) => (kept === null && bundle) || []),
  };
}

/** Stores what was found, and begins the journal with a record that says so. */
export async function storeRebuilt(
  { project, actor, reason, previousHome, replacedHome }: RebuildRequest,
  { bundles, ...state }: RebuildFindings,
  ports: EnginePorts,
): Promise<RebuiltState> {
  for (const bundle of bundles) await ports.bundles.save(bundle, project.model, ports.identity.files(project));
  const replaced = replacedHome && replacedHome !== previousHome ? { replacedHome } : {};
  await ports.journal.append({ type: "state-rebuilt", actor, reason, previousHome, ...replaced, ...state });
  return state;
}

interface Found {
  readonly slot: ObservedSlot;
  readonly tags: readonly string[];
  readonly tagged: readonly TaggedImage[];
}

/** The bundle of the release in a slot, where the checkout and one of the tags make the very id that it is labelled with. */
function provenBundle(
  { stack, project, release }: RebuildRequest,
  { identity, clock }: EnginePorts,
  { slot, tags, tagged }: Found,
): ReleaseBundle | null {
  if (release === null) return null;
  const key = identity.key(release, project.modelHash);
  const sources = { services: project.services, containers: slot.containers, model: project.model };
  for (const tag of tags.toSorted((a, b) => Number(b === release.tag) - Number(a === release.tag))) {
    const found = releaseImages(stack, tag, sources, tagged);
    if (!found || identity.id(key, found.images) !== slot.release) continue;
    return {
      version: 1,
      id: slot.release,
      tag,
      tags: [tag],
      commit: release.commit,
      createdAt: clock.now().toISOString(),
      key,
      services: project.services,
      ...found,
      environment: identity.environment(project.model),
    };
  }
  return null;
}

function lostBundle({ slot, release, tag }: RebuiltSlot): string {
  const name = tag === null ? `release ${release}` : `release ${tag} (${release})`;
  return `the bundle of ${name} in slot ${slot}: this checkout is not that release, and nothing else holds its model and the files it mounts; nobody can go back to it`;
}

/** Of what is replaced stop-first no label says which release it is. */
function lostInBase({ base }: ObservedStack, { services }: ResolvedProject): readonly string[] {
  const there = services.filter(({ name, role }) => isApplication(role) && base[name]?.containers.length);
  if (there.length === 0) return [];
  const names = there.map(({ name }) => name).join(", ");
  return [
    `which release runs in base (${names}): nobody can go back to it, and a deployment that fails there does not put it back`,
  ];
}

const lostRecord = "the record of earlier deployments, and the releases that no slot holds";
const lostKey = "the key of the previews: the next deployment makes the doors anew, with a short gap";

function nothingThere(stack: string): SluiceError {
  return new SluiceError(
    "PREFLIGHT_FAILED",
    `no slot of stack ${stack} holds a release, and it belongs to no state home: there is nothing to rebuild from`,
    {
      hint: `is ${stack} its name, and this its engine? Where it was never deployed to, sluice deploy makes a state home`,
    },
  );
}
