import type { StateFinding } from "../../model/finding.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** What runs from the same files under another name stays as it is beside the stack: its data is not the stack's. Pure. */
export function sameFilesFindings({
  stack,
  sameFiles = [],
}: Pick<ObservedStack, "stack" | "sameFiles">): readonly StateFinding[] {
  return sameFiles.map(({ project, containers }) => ({
    severity: "warn",
    code: "same-files-elsewhere",
    message: `Compose project ${project} is made of these compose files too (${containers.join(" ")}): stack ${stack} begins beside it, in empty volumes of its own, and what routes by labels finds both`,
    hint: `to take that over, with its data: --project-name ${project}`,
  }));
}
