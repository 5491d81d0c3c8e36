import type { ResolvedProject } from "@sluice/core";
import { type CopiedFile, mayBeMade, presenceOf, usedInSlots } from "../bundle-files/copied-files.ts";
import { sharedWith } from "../bundle-files/shared-paths.ts";
import type { ServiceFinding } from "../roles/finding-rule.ts";
import { missingFileHint } from "./missing-file-hint.ts";
import { type SourceFile, writtenMounts } from "./source-files.ts";

export interface MissingFile extends CopiedFile {
  /** Who may write to it: it is no copy, and may be made by then, or be there where the engine is. */
  readonly writer?: string | undefined;
}

/** What a release would hold a copy of, or have of the host, and is not there. */
export function missingFiles(project: Pick<ResolvedProject, "model" | "services">): readonly MissingFile[] {
  return usedInSlots(project).flatMap((file) => {
    const presence = presenceOf(file);
    if (presence === "there") return [];
    const writer = sharedWith(project, file.source);
    if (!writer) return [file];
    // What the writer mounts itself is made for both; what may not be looked at is the writer's matter.
    const isMade = file.mount !== undefined && file.source === writer.path;
    return presence === "absent" && !isMade ? [{ ...file, writer: writer.service }] : [];
  });
}

/**
 * What is not there is told before anything is built: a warning where Compose would make an empty directory of it, an error where
 * the containers of a slot could not be made. Each file once, for the first service that uses it.
 */
export function missingFileFindings(
  missing: readonly MissingFile[],
  sources: readonly SourceFile[],
): readonly ServiceFinding[] {
  const first = new Map(missing.toReversed().map((file) => [file.path.join("\0"), file]));
  return missing
    .filter((file) => first.get(file.path.join("\0")) === file)
    .map((file) => {
      if (file.writer !== undefined) return sharedFinding(file, file.writer);
      return file.mount ? mountFinding(file, sources) : fileFinding(file);
    });
}

function sharedFinding(file: CopiedFile, writer: string): ServiceFinding {
  const { service, source, path, mount } = file;
  const becomes = mayBeMade(file)
    ? "where it is not there by then, an empty directory is made of it on the host"
    : "without it containers of a slot cannot be made";
  return {
    severity: "warn",
    code: mount ? "mount-not-there" : "file-not-there",
    message: `${service} has ${source} of the host, ${fault(file)}: ${becomes}`,
    hint: `see that ${writer}, which may write to it, makes it before, or put it there`,
    service,
    path,
  };
}

function mountFinding(file: CopiedFile, sources: readonly SourceFile[]): ServiceFinding {
  const { service, source, path } = file;
  const common = { code: "mount-not-there", service, path } as const;
  const isMade = presenceOf(file) === "absent" && mayBeMade(file) && !isForbidden(file, sources);
  if (isMade) {
    return {
      ...common,
      severity: "warn",
      message: `${service} mounts ${source}, which is not there: the release holds an empty directory, as Compose would make one`,
      hint: "put it into the checkout if it is meant to hold something (in a workflow: into git, or by a step before the one that deploys), or take the mount out",
    };
  }
  return {
    ...common,
    severity: "error",
    message: `${service} mounts ${source}, ${fault(file)}`,
    hint: `${missingFileHint}; or set bind.create_host_path: true if an empty directory will do`,
  };
}

/** Version 2 of Compose does not say it in what it resolves. */
function isForbidden({ service, mount }: CopiedFile, sources: readonly SourceFile[]): boolean {
  return writtenMounts(sources, service).some(
    ({ target, createHostPath }) => target === mount?.target && createHostPath === false,
  );
}

function fileFinding(file: CopiedFile): ServiceFinding {
  const { service, source, path } = file;
  const [kind, key] = path;
  const what = kind === "services" ? "the seccomp profile" : `${kind === "secrets" ? "secret" : "config"} ${key}`;
  return {
    severity: "error",
    code: "file-not-there",
    message: `${what} of ${service} is ${source}, ${fault(file)}`,
    hint: missingFileHint,
    service,
    path,
  };
}

function fault(file: CopiedFile): string {
  return presenceOf(file) === "absent" ? "which is not there" : "which leads nowhere or may not be looked at";
}
