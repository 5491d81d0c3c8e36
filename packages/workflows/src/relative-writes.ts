import { fillIn, type LookUp } from "./fill-in.ts";
import { listOf, parseTrees, textOf, treeOf } from "./tree.ts";

/** A path that a service may write to, and that is another directory from another checkout. */
export interface RelativeWrite {
  readonly service: string;
  /** As the compose file has it, with variables filled in: `./uploads`. */
  readonly source: string;
  /** Path in the container. */
  readonly target: string;
  /** What decides where it is: `UPLOADS` of `${UPLOADS:-./uploads}`. Absent where no variable could make it absolute. */
  readonly variable?: string;
}

/**
 * Mounts of compose files, given as texts, that begin at the checkout and are not read-only. Each once. Pure.
 *
 * @param lookUp what variables are where it is deployed. Default: nobody knows any
 */
export function relativeWrites(
  composeTexts: readonly string[],
  lookUp: LookUp = () => undefined,
): readonly RelativeWrite[] {
  const services = composeTexts.flatMap(parseTrees).flatMap((tree) => Object.entries(treeOf(tree["services"])));
  const found = services.flatMap(([service, written]) =>
    listOf(treeOf(written)["volumes"]).flatMap((mount): RelativeWrite[] => {
      const bound = typeof mount === "string" ? shortMount(fillIn(mount, lookUp)) : longMount(mount, lookUp);
      if (!bound || !isRelative(bound.source) || bound.isReadOnly) return [];
      const variable = variableOf(typeof mount === "string" ? mount : textOf(treeOf(mount)["source"]));
      const { source, target } = bound;
      return [{ service, source, target, ...(variable !== undefined && { variable }) }];
    }),
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

function longMount(mount: unknown, lookUp: LookUp): Bound | null {
  const { type, source, target, read_only: isReadOnly } = treeOf(mount);
  if (type !== "bind") return null;
  return {
    source: fillIn(textOf(source), lookUp),
    target: fillIn(textOf(target), lookUp),
    isReadOnly: isReadOnly === true,
  };
}

/** The variable that a path begins with. The directory of the shell is that of the checkout, whatever people set. */
export function variableOf(path: string): string | undefined {
  const [, name] = /^\$\{?([A-Za-z_]\w*)/.exec(path) ?? [];
  return name === "PWD" ? undefined : name;
}

/** What begins otherwise is a volume, absolute, in somebody's home, or what nobody knows. */
function isRelative(source: string): boolean {
  return /^\.\.?(?:\/|$)/.test(source);
}
