import { stackNames, type TaggedImage } from "@sluice/core";
import { type Engine, withSignal } from "../engine/engine.ts";
import { isPassing } from "./passing-tags.ts";

/** Every tag that a release of the stack has left on the engine; passing ones of a build are not among them. */
export async function listTagged(
  engine: Engine,
  stack: string,
  signal: AbortSignal | undefined,
): Promise<readonly TaggedImage[]> {
  return (await listOwn(engine, stack, signal)).filter(({ tag }) => !isPassing(tag));
}

/** Every tag of the stack's own. */
export async function listOwn(
  engine: Engine,
  stack: string,
  signal: AbortSignal | undefined,
): Promise<readonly TaggedImage[]> {
  const filters = { reference: [`${stackNames.imageRepository(stack, "")}*`] };
  const images = await engine.call(`images of ${stack} cannot be listed`, (docker) =>
    docker.listImages({ filters, ...withSignal(signal) } as Parameters<typeof docker.listImages>[0]),
  );
  return images.flatMap(({ Id, RepoTags }) =>
    (RepoTags ?? []).flatMap((name) => {
      const [repository = "", tag = ""] = name.split(":");
      return isOf(stack, repository) ? [{ repository, tag, id: Id }] : [];
    }),
  );
}

const isOf = (stack: string, repository: string) => repository.startsWith(stackNames.imageRepository(stack, ""));
