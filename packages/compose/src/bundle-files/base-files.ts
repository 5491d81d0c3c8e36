import { accessSync, constants, lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { BundleFile, ComposeModel, ResolvedProject } from "@sluice/core";
import { isInBase } from "../model/placement.ts";
import { type CopiedFile, filesUsedBy } from "./copied-files.ts";
import { isWithin, writtenBy } from "./shared-paths.ts";

/** More than that is no configuration, and every release would hold it once more. */
const maxBytes = 16 * 1_024 * 1_024;
const maxEntries = 1_000;

/**
 * Files and directories of the checkout that services in base, but for data, mount read-only or use as secrets, configs and seccomp profiles:
 * what a release holds copies of so that the service can be made again where that checkout is no more, or has another. Best
 * effort: what something else writes to is none of a release's, and what cannot be copied, or is large, keeps no deployment.
 */
export function baseFiles(project: Pick<ResolvedProject, "model" | "services">): readonly BundleFile[] {
  return usedInBase(project).flatMap(({ source, name }) => (canBeCopied(source) ? [{ source, name }] : []));
}

/** The same, whether they can be copied or not. */
export function usedInBase({ model, services }: Pick<ResolvedProject, "model" | "services">): readonly CopiedFile[] {
  const users = services.filter((service) => isInBase(service) && service.role !== "data");
  const written = writtenPaths(model);
  return filesUsedBy(model, users).filter(({ source }) => !isWritten(source, written));
}

/** What services may write to, on the disk of the host. */
export function writtenPaths(model: ComposeModel): readonly string[] {
  return Object.keys(model.services).flatMap((service) => writtenBy(model, service));
}

/** Whether it is one of the paths, in one, or around one. */
export function isWritten(source: string, written: readonly string[]): boolean {
  return written.some((path) => isWithin(source, path) || isWithin(path, source));
}

function canBeCopied(source: string): boolean {
  const left = { bytes: maxBytes, entries: maxEntries };
  const visit = (path: string): boolean => {
    const stats = lstatSync(path);
    left.entries -= 1;
    if (stats.isSymbolicLink()) return left.entries >= 0;
    if (!stats.isFile() && !stats.isDirectory()) return false;
    if (stats.isFile()) left.bytes -= stats.size;
    if (left.entries < 0 || left.bytes < 0) return false;
    accessSync(path, constants.R_OK);
    return stats.isFile() || readdirSync(path).every((name) => visit(join(path, name)));
  };
  try {
    return visit(realpathSync(source));
  } catch {
    return false;
  }
}
