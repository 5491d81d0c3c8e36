import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { composeFileNames, type ObservedContainer } from "@sluice/core";
import { composeLabels } from "../engine/containers.ts";
import { checkoutOf } from "../resolve/project-files.ts";

/**
 * Compose files that plain Compose made a container of. Where their directory is not here, as where Compose was run on another
 * machine or the directory is gone, and where it is in no checkout, nobody knows which checkout they were in.
 */
export async function plainFiles(
  labels: Readonly<Record<string, string>>,
): Promise<Pick<ObservedContainer, "composeFiles">> {
  const files = labels[composeLabels.files]?.split(",") ?? [];
  const [first = "-"] = files;
  if (!first.startsWith("/")) return {};
  const home = dirname(first);
  if (!(await isThere(home))) return {};
  const checkout = await checkoutOf(home);
  // A copy without Git has no root that names could be told from.
  return (await isThere(join(checkout, ".git"))) ? { composeFiles: composeFileNames(files, checkout) } : {};
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
