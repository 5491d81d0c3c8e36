import { fillIn, type LookUp } from "./fill-in.ts";
import { variableOf } from "./relative-writes.ts";
import { listOf, parseTrees, textOf, treeOf } from "./tree.ts";

/** A file of the checkout that Compose reads for a service, and does without only where it says so. */
export interface NeededFile {
  readonly kind: "env_file" | "secret" | "config";
  /** Of the service that has the env file; of the secret or config. */
  readonly name: string;
  /** As the compose file has it, with variables filled in. Relative to the directory of the project. */
  readonly source: string;
  /** `required: false`: Compose says nothing where it is not there. */
  readonly isOptional: boolean;
  /** What decides where it is, as of `RelativeWrite`. */
  readonly variable?: string;
}

/**
 * Env files of services, and files of secrets and configs that some service has, as far as they lie in the checkout by the compose files,
 * given as texts. Each once. Pure.
 *
 * @param lookUp what variables are where it is deployed. Default: nobody knows any
 * @param idle services whose files nobody reads, as they do not run there. Default: none
 */
export function neededFiles(
  composeTexts: readonly string[],
  lookUp: LookUp = () => undefined,
  idle: ReadonlySet<string> = new Set(),
): readonly NeededFile[] {
  const trees = composeTexts.flatMap(parseTrees);
  const services = trees
    .flatMap((tree) => Object.entries(treeOf(tree["services"])))
    .filter(([name]) => !idle.has(name));
  const fileOf = (about: Pick<NeededFile, "kind" | "name">, path: unknown, isOptional = false): NeededFile[] => {
    const source = fillIn(textOf(path), lookUp);
    const variable = variableOf(textOf(path));
    return isRelative(source) ? [{ ...about, source, isOptional, ...(variable !== undefined && { variable }) }] : [];
  };
  const envFiles = services.flatMap(([name, service]) => {
    const written = treeOf(service)["env_file"];
    return (typeof written === "string" ? [written] : listOf(written)).flatMap((entry) => {
      const { path, required } = treeOf(typeof entry === "string" ? { path: entry } : entry);
      return fileOf({ kind: "env_file", name }, path, required === false);
    });
  });
  const objects = (["secret", "config"] as const).flatMap((kind) => {
    const used = services.flatMap(([, service]) => {
      const { [`${kind}s`]: own, build } = treeOf(service);
      return [...listOf(own), ...listOf(treeOf(build)[`${kind}s`])].map((use) => textOf(use) || treeOf(use)["source"]);
    });
    const written = trees.flatMap((tree) => Object.entries(treeOf(tree[`${kind}s`])));
    return [...new Map(written)]
      .filter(([name]) => used.includes(name))
      .flatMap(([name, object]) => fileOf({ kind, name }, treeOf(object)["file"]));
  });
  const all = [...envFiles, ...objects];
  return [...new Map(all.map((one) => [`${one.kind}\0${one.name}\0${one.source}`, one])).values()];
}

/** What nobody knows may lie anywhere. */
function isRelative(source: string): boolean {
  return source !== "" && !/^[/~]/.test(source) && !source.includes("$");
}
