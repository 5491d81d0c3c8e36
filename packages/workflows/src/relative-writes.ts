import { listOf, parseTree, textOf, treeOf } from "./tree.ts";

/** A path that a service may write to, and that is another directory from another checkout. */
export interface RelativeWrite {
  readonly service: string;
  /** As the compose file has it: `./uploads`. */
  readonly source: string;
  /** Path in the container. */
  readonly target: string;
}

/** Mounts of compose files, given as texts, that begin at the checkout and are not read-only. Each once. Pure. */
export function relativeWrites(composeTexts: readonly string[]): readonly RelativeWrite[] {
  const found = composeTexts.flatMap((text) =>
    Object.entries(treeOf(parseTree(text)["services"])).flatMap(([service, written]) =>
      listOf(treeOf(written)["volumes"]).flatMap((mount) => {
        const bound = typeof mount === "string" ? shortMount(mount) : longMount(mount);
        return bound && isRelative(bound.source) && !bound.isReadOnly
          ? [{ service, source: bound.source, target: bound.target }]
          : [];
      }),
    ),
  );
  return [...new Map(found.map((one) => [`${one.service}\0${one.target}`, one])).values()];
}

interface Bound {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

function shortMount(text: string): Bound | null {
  const [source, target, mode = ""] = text.split(":");
  return source && target ? { source, target, isReadOnly: mode.split(",").includes("ro") } : null;
}

function longMount(mount: unknown): Bound | null {
  const { type, source, target, read_only: isReadOnly } = treeOf(mount);
  if (type !== "bind") return null;
  return { source: textOf(source), target: textOf(target), isReadOnly: isReadOnly === true };
}

/** What begins otherwise is a volume, absolute, in somebody's home, or a variable's. */
function isRelative(source: string): boolean {
  return /^\.\.?(?:\/|$)/.test(source);
}
