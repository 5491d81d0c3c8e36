import { statSync } from "node:fs";
import { messageOf, SluiceError } from "@sluice/core";
import type Docker from "dockerode";
import { type RereadTools, reread } from "./reread-names.ts";

/**
 * For files that changed: makes the nginx of each container read its configuration again, which takes it no request. Only
 * where each shows what lies at its mounts now: a file that was put in the place of another is not in a container of before.
 *
 * @returns whether all have read it: else they are to be replaced
 * @throws SluiceError NOT_READY when one does not take what it read
 */
export async function rereadFiles(
  tools: RereadTools,
  containers: readonly Docker.ContainerInspectInfo[],
  signal?: AbortSignal,
): Promise<boolean> {
  const shown = await Promise.all(containers.map((one) => showsItsMounts(tools, one, signal)));
  if (!shown.every((isShown) => isShown)) return false;
  for (const { Id, Name } of containers) {
    try {
      if (!(await reread(tools, Id, signal))) return false;
    } catch (error) {
      signal?.throwIfAborted();
      const message = `${Name.slice(1)} does not take its changed configuration: ${messageOf(error)}`;
      throw new SluiceError("NOT_READY", message, { hint: `docker logs ${Name.slice(1)}`, cause: error });
    }
  }
  return true;
}

async function showsItsMounts(
  { exec }: RereadTools,
  { Id, State, Mounts }: Docker.ContainerInspectInfo,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!State.Running) return false;
  const mounts = Mounts.filter(({ Type, RW }) => Type === "bind" && !RW);
  try {
    const wanted = mounts.map(({ Source }) => `${statSync(Source, { bigint: true }).ino}`);
    const command = ["stat", "-c", "%i", ...mounts.map(({ Destination }) => Destination)];
    const { exitCode, stdout } = await exec.exec(Id, command, { signal });
    return exitCode === 0 && new TextDecoder().decode(stdout).trim() === wanted.join("\n");
  } catch {
    signal?.throwIfAborted();
    // No such program, or nothing there any more.
    return false;
  }
}
