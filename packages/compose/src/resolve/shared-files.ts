import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedProject } from "@sluice/core";
import { type CopiedFile, usedInSlots } from "../bundle-files/copied-files.ts";
import { kindOf } from "../bundle-files/same-tree.ts";
import { sharedWith, writesAtTimes, writesEverywhere } from "../bundle-files/shared-paths.ts";
import type { ServiceFinding } from "../roles/finding-rule.ts";

/**
 * What slots have of the checkout and no release holds a copy of, as another service writes there; and directories that a release does
 * hold a copy of although one might, as it mounts all of the project. Looks at the disk, and changes nothing.
 */
export function sharedFileFindings(project: Pick<ResolvedProject, "model" | "services">): readonly ServiceFinding[] {
  const found = usedInSlots(project).flatMap((file) => findingOf(project, file) ?? []);
  return [...new Map(found.toReversed().map((one) => [one.path.join("\0"), one])).values()].toReversed();
}

function findingOf(
  project: Pick<ResolvedProject, "model" | "services">,
  { service, source, path }: CopiedFile,
): ServiceFinding | undefined {
  const common = { severity: "info", code: "files-of-the-host", service, path } as const;
  const shared = sharedWith(project, source);
  if (shared) {
    return {
      ...common,
      message: `${service} mounts ${source}, which ${shared.service} may write to: no release holds a copy, and each version has what is there`,
      hint: `no rollback brings back what was there; if nothing writes there, mount it read-only (:ro) in ${shared.service}`,
    };
  }
  const writer = writesEverywhere(project, source);
  // A single file is configuration, as a rule.
  if (kindOf(source) !== "directory") return undefined;
  const idle = writer ? undefined : writesAtTimes(project, source);
  if (idle) {
    return {
      ...common,
      severity: holdsCertificates(source) ? "warn" : "info",
      message: `${service} mounts a copy of ${source}, which the release holds: what ${idle.service} writes there when it is run does not reach it before the next deployment`,
      hint: `where that is too late, as for a certificate that is renewed, let a service that runs mount ${source} to write to: then each version has what is there; or deploy once ${idle.service} has written`,
    };
  }
  if (!writer) return undefined;
  return {
    ...common,
    message: `${service} mounts a copy of ${source}, which the release holds: what ${writer.service} writes there, as it mounts all of ${writer.path}, does not reach it`,
    hint: `if ${writer.service} writes there, mount ${source} in ${writer.service} by itself, too: then both have what is there`,
  };
}

/** Looked at no deeper than the tools that renew them put them. */
function holdsCertificates(directory: string, depth = 4): boolean {
  try {
    return readdirSync(directory, { withFileTypes: true }).some(
      (entry) =>
        /\.(?:pem|crt|cer|key)$/i.test(entry.name) ||
        (depth > 1 && entry.isDirectory() && holdsCertificates(join(directory, entry.name), depth - 1)),
    );
  } catch {
    return false;
  }
}
