import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { type ContainerExec, type ContainerFile, SluiceError } from "@sluice/core";
import { pack } from "tar-stream";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";

/**
 * Writes files into a container. Where it runs, each file is written under another name beside its target and renamed
 * by `mv` in the container: a reader sees the old file or the new one. Where it does not, nobody reads.
 * A target on a tmpfs is out of reach: the engine writes below it.
 *
 * @throws SluiceError EXEC_FAILED
 */
export async function putFiles(
  engine: Engine,
  { exec }: Pick<ContainerExec, "exec">,
  container: string,
  files: readonly ContainerFile[],
  signal?: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const failed = `files cannot be written into container ${container}`;
  try {
    const target = (await engine.docker()).getContainer(container);
    const { State } = await target.inspect(withSignal(signal));
    const suffix = `.${randomBytes(6).toString("hex")}.tmp`;
    const staged = State.Running ? files.map((file) => ({ ...file, path: file.path + suffix })) : files;
    await target.putArchive(await archive(staged), { path: "/", ...withSignal(signal) });
    if (!State.Running) return;
    const pairs = files.flatMap(({ path }) => [path + suffix, path]);
    const { exitCode, stderr } = await exec(container, renameCommand(pairs), { user: "0", signal });
    if (exitCode !== 0) throw new SluiceError("EXEC_FAILED", `${failed}: mv: ${stderr.trim()}`);
  } catch (error) {
    throw signal?.aborted ? signal.reason : engineError(error, failed, "EXEC_FAILED");
  }
}

function renameCommand(pairs: readonly string[]): readonly string[] {
  if (pairs.length === 2) return ["mv", "-f", ...pairs];
  return ["sh", "-c", 'while [ $# -gt 1 ]; do mv -f "$1" "$2" || exit 1; shift 2; done', "sh", ...pairs];
}

async function archive(files: readonly ContainerFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, content, mode = 0o644 } of files) {
    const data = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
    tar.entry({ name: posix.relative("/", path), mode, mtime: new Date() }, data);
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
