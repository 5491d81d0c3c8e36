import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { composeFileNames, type ObservedContainer } from "@sluice/core";
import { composeLabels } from "../engine/containers.ts";
import { checkoutOf } from "../resolve/project-files.ts";

/**
 * Compose files that plain Compose made a container of. Where their directory is not here, as where Compose was run on another
 * machine or the directory is gone, nobody knows which checkout they were in.
 */
export async function plainFiles(
  labels: Readonly<Record<string, string>>,
): Promise<Pick<ObservedContainer, "composeFiles">> {
  const files = labels[composeLabels.files]?.split(",") ?? [];
  const [first = "-"] = files;
  if (!first.startsWith("/")) return {};
  const home = dirname(first);
  const isHere = await access(home).then(
    () => true,
    () => false,
  );
  return isHere ? { composeFiles: composeFileNames(files, await checkoutOf(home)) } : {};
}
