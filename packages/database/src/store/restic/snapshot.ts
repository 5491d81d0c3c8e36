import * as z from "zod";
import type { BackupPart } from "../backup-store.ts";

/** One file of a backup as a snapshot of restic, which has exactly that file. What it is stands in its tags. */
export interface Snapshot {
  readonly id: string;
  /** By the clock of the machine that wrote it. */
  readonly at: Date;
  readonly backup: string;
  readonly part: BackupPart | "manifest";
  /** See `ownWriterTag`. */
  readonly writer: string;
  /** Of a manifest; the highest counts. 0 of anything else. */
  readonly revision: number;
  /** Of a manifest, hexadecimal: one that was cut off when its writer died is none. */
  readonly sha256: string | null;
}

export type NewSnapshot = Omit<Snapshot, "id" | "at">;

/** Of everything that Sluice keeps in a repository. */
export const sluiceTag = "sluice";

const suffixes = { dump: "dump", globals: "globals", manifest: "json" } as const;

/** As the files of a directory store are called. Without a folder: newer versions of restic would look for it on the disk. */
export function fileNameOf({ backup, part }: Pick<Snapshot, "backup" | "part">): string {
  return `${backup}.${suffixes[part]}`;
}

/** The tags that all snapshots of a set of backups have. */
export const tagsOfSet = (set: string): readonly string[] => [sluiceTag, `set=${set}`];

export function tagsOf(set: string, { backup, part, writer, revision, sha256 }: NewSnapshot): readonly string[] {
  const manifest = part === "manifest" ? [`revision=${revision}`, `sha256=${sha256}`] : [];
  return [...tagsOfSet(set), `backup=${backup}`, `part=${part}`, `writer=${writer}`, ...manifest];
}

const listed = z.lazy(() =>
  z.array(z.object({ id: z.string(), time: z.coerce.date(), tags: z.array(z.string()).nullish() })),
);

/** Snapshots of `restic snapshots --json` that are those of a set; what else lies in the repository is left out. */
export function parseSnapshots(text: string, set: string): readonly Snapshot[] {
  // A repository without any writes `null` in some versions.
  const value = listed.nullable().parse(JSON.parse(text)) ?? [];
  return value.flatMap(({ id, time, tags }) => {
    const found = tagsOfSet(set).every((tag) => tags?.includes(tag)) ? describe(tags ?? []) : null;
    return found ? [{ id, at: time, ...found }] : [];
  });
}

function describe(tags: readonly string[]): NewSnapshot | null {
  const valueOf = (name: string) => tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1);
  const [backup, part, writer] = [valueOf("backup"), valueOf("part"), valueOf("writer")];
  if (backup === undefined || writer === undefined || !isPart(part)) return null;
  const revision = Number(valueOf("revision") ?? 0);
  return {
    backup,
    part,
    writer,
    revision: Number.isSafeInteger(revision) ? revision : 0,
    sha256: valueOf("sha256") ?? null,
  };
}

const isPart = (part: string | undefined): part is Snapshot["part"] => part !== undefined && part in suffixes;

/** Manifests of one backup, the one to try first in front. */
export const newestFirst = (manifests: readonly Snapshot[]): readonly Snapshot[] =>
  manifests.toSorted((a, b) => b.revision - a.revision || b.at.getTime() - a.at.getTime());

/**
 * What dead writers left: files of backups without a manifest, and manifests that another one has taken the place of or
 * that were cut off.
 *
 * @param valid ids of the snapshots with the manifest that counts, one for each backup
 * @param alive writers that are at work; of theirs, nothing is left over
 */
export function leftoverSnapshots(
  snapshots: readonly Snapshot[],
  valid: ReadonlySet<string>,
  alive: ReadonlySet<string>,
): readonly Snapshot[] {
  const listed = new Set(snapshots.filter(({ id }) => valid.has(id)).map(({ backup }) => backup));
  return snapshots.filter(({ id, backup, part, writer }) => {
    if (alive.has(writer) || valid.has(id)) return false;
    return part === "manifest" || !listed.has(backup);
  });
}
