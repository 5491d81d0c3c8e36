import type { Finding } from "../../model/finding.ts";
import type { ReleaseBundle } from "../../model/release.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** A compose file that `sluice init --workflow` writes: plain Compose never had it. */
export const migrationFileName = "compose.sluice.yml";

/** Compose files as they are called from the directory of the first one, which is another in each checkout. Pure. */
export function composeFileNames(files: readonly string[]): readonly string[] {
  const home = files[0]?.split("/").slice(0, -1) ?? [];
  return files.map((file) => {
    const parts = file.split("/");
    const at = parts.findIndex((part, index) => part !== home[index]);
    return [...home.slice(at).map(() => ".."), ...parts.slice(at)].join("/");
  });
}

/**
 * That what serves is made of other compose files than those of now, as where a person does not name the files that a workflow
 * names: the migration may be in one, or what is for production. Before a first deployment what plain Compose runs says so. Pure.
 *
 * @param files those of now, absolute
 * @param serves the release that serves, or served last; `null` where none is stored
 */
export function otherFilesFindings(
  files: readonly string[],
  serves: Pick<ReleaseBundle, "tag" | "composeFiles"> | null,
  { plain, slots }: Pick<ObservedStack, "plain" | "slots">,
): readonly Finding[] {
  const now = composeFileNames(files);
  if (serves !== null) return told(serves.tag, serves.composeFiles, now);
  // Beside a release that is not stored, a person may have run anything.
  const isFirst = Object.values(slots).every(({ containers }) => containers.length === 0);
  const [first] = isFirst ? plain : [];
  if (!first) return [];
  return told(
    first.name,
    first.composeFiles,
    now.filter((name) => name !== migrationFileName),
  );
}

function told(what: string, before: readonly string[] | undefined, now: readonly string[]): readonly Finding[] {
  if (before === undefined || before.join(":") === now.join(":")) return [];
  return [
    {
      severity: "warn",
      code: "compose-files-differ",
      message: `${what}, which serves, is made of ${before.join(" ")}, and this is of ${now.join(" ")}`,
      hint: `where that is not meant, in the directory of ${before[0]}: export COMPOSE_FILE=${before.join(":")}`,
    },
  ];
}
