import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { type Engine, withSignal } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import type { InlineFile } from "../model/inline-files.ts";

/**
 * Whether these files, as far as a container has them, running or not, are as they are wanted: what its definition does not tell.
 * One that is not there was taken away by what runs there: made anew it would be so again.
 *
 * @throws SluiceError ENGINE_FAILED
 */
export async function hasInlineFiles(
  engine: Engine,
  container: string,
  files: readonly InlineFile[],
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await Promise.all(files.map(({ target }) => fileIn(engine, container, target, signal)));
  return files.every(({ content }, index) => found[index] === null || found[index] === content);
}

async function fileIn(engine: Engine, id: string, path: string, signal?: AbortSignal): Promise<string | null> {
  return engine.call(`${path} in container ${id.slice(0, 12)} cannot be read`, async (docker) => {
    const asked = docker.getContainer(id).getArchive({ path, ...withSignal(signal) });
    const archive = await unlessStatus(asked, [404], null);
    if (archive === null) return null;
    const tar = extract();
    tar.end(await buffer(archive));
    for await (const entry of tar) return (await buffer(entry)).toString("utf8");
    return null;
  });
}
