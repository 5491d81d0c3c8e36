import type { BundleFile, ResolvedProject } from "@sluice/core";
import { baseFiles } from "./base-files.ts";
import { copiedFiles, mayBeMade, presenceOf } from "./copied-files.ts";

/**
 * Files and directories of the checkout that services in slots (and jobs) mount read-only, or use as secrets, configs
 * and seccomp profiles: what a release must hold copies of, and an empty directory where Compose would make one. What is refused, as
 * it is not there and may not be made, is left out, and so is what is shared with a service that writes there. Of services in base it
 * holds what `baseFiles` says, for the way back.
 */
export function mountedFiles(project: Pick<ResolvedProject, "model" | "services">): readonly BundleFile[] {
  const files = copiedFiles(project).flatMap((file): readonly BundleFile[] => {
    const { source, name } = file;
    const presence = presenceOf(file);
    if (presence === "there") return [{ source, name }];
    return presence === "absent" && mayBeMade(file) ? [{ source: null, name }] : [];
  });
  return [...new Map([...baseFiles(project), ...files].map((file) => [file.name, file])).values()];
}
