import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { listOwn } from "./list-tagged.ts";
import { isPassingOf } from "./passing-tags.ts";

export async function removeTags(engine: Engine, tags: readonly string[]): Promise<void> {
  await engine.call("image tags cannot be removed", (docker) =>
    // 409: a container still uses it; it goes with the next pruning.
    Promise.all(tags.map((tag) => unlessStatus(docker.getImage(tag).remove(), [404, 409], null))),
  );
}

/**
 * Removes the passing tags of builds that came to no end. For the holder of the state home's lock.
 *
 * @param except the tag of the build that is under way
 */
export async function sweepPassing(
  engine: Engine,
  stack: string,
  { signal, except }: { readonly signal?: AbortSignal | undefined; readonly except?: string } = {},
): Promise<void> {
  const left = (await listOwn(engine, stack, signal)).filter(({ tag }) => isPassingOf(stack, tag) && tag !== except);
  await removeTags(
    engine,
    left.map(({ repository, tag }) => `${repository}:${tag}`),
  );
}
