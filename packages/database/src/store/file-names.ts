import type { BackupPart } from "./backup-store.ts";

const partialSuffix = ".partial";
const id = String.raw`\d{8}T\d{6}Z-[a-z0-9]{4,16}`;
const filePattern = new RegExp(`^(${id})\\.(dump|globals|json)$`);
const partialPattern = new RegExp(
  `^(${id})\\.(?:dump|globals|json|writing)\\.([a-z0-9]+-\\d+-\\d+)\\${partialSuffix}$`,
);

/** Names of the files of a directory store, all that it ever makes. */
export const fileNames = {
  part: (backup: string, part: BackupPart) => `${backup}.${part}`,
  manifest: (backup: string) => `${backup}.json`,
  /** What is not finished bears its writer's tag. */
  partial: (name: string, tag: string) => `${name}.${tag}${partialSuffix}`,
  /** Empty; as long as it is there and its writer lives, the files of a backup are no leftovers. */
  writing: (backup: string, tag: string) => `${backup}.writing.${tag}${partialSuffix}`,
} as const;

export interface StoreFile {
  readonly name: string;
  readonly backup: string;
  readonly kind: "dump" | "globals" | "json" | "partial";
  /** Of a partial. */
  readonly tag: string | null;
}

/** What a file of the directory is; `null` for one that is not the store's, which it never touches. */
export function describeFile(name: string): StoreFile | null {
  const [, whole, kind] = filePattern.exec(name) ?? [];
  if (whole !== undefined) return { name, backup: whole, kind: kind as "dump" | "globals" | "json", tag: null };
  const [, partial, tag] = partialPattern.exec(name) ?? [];
  return partial === undefined ? null : { name, backup: partial, kind: "partial", tag: tag ?? "" };
}

/**
 * Files that dead writers left: their partials, and whole parts of backups that never got a manifest. Of a backup that a
 * live writer has a partial of, nothing is one.
 */
export function leftovers(files: readonly StoreFile[], alive: ReadonlySet<string>): readonly StoreFile[] {
  const held = new Set(files.filter(({ tag }) => tag !== null && alive.has(tag)).map(({ backup }) => backup));
  const listed = new Set(files.filter(({ kind }) => kind === "json").map(({ backup }) => backup));
  return files.filter(({ backup, kind }) => !held.has(backup) && (kind === "partial" || !listed.has(backup)));
}

/** Of those the files whose backup has no manifest by now: its writer may have finished, and taken its mark away, since they were looked for. */
export function stillUnlisted(left: readonly StoreFile[], now: readonly StoreFile[]): readonly StoreFile[] {
  const listed = new Set(now.filter(({ kind }) => kind === "json").map(({ backup }) => backup));
  return left.filter(({ backup, kind }) => kind === "partial" || !listed.has(backup));
}
