import type { Finding } from "../../model/finding.ts";
import type { ReleaseBundle } from "../../model/release.ts";
import { shellWord } from "../../model/shell-word.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** A compose file that `sluice init --workflow` writes: plain Compose never had it. */
export const migrationFileName = "compose.sluice.yml";

/** Compose files, absolute, as they are called from the root of their checkout, which is another place for each. Pure. */
export function composeFileNames(files: readonly string[], checkout: string): readonly string[] {
  const home = checkout.split("/").filter((part, index) => index === 0 || part !== "");
  return files.map((file) => {
    const parts = file.split("/");
    const at = parts.findIndex((part, index) => part !== home[index]);
    return [...home.slice(at).map(() => ".."), ...parts.slice(at)].join("/");
  });
}

/** Compose files of a project, and the root of its checkout; absolute. */
interface CheckedOutFiles {
  readonly files: readonly string[];
  readonly checkout: string;
}

/**
 * That what serves is made of other compose files than those of now, as where a person does not name the files that a workflow
 * names: the migration may be in one, or what is for production. Before a first deployment what plain Compose runs says so. Pure.
 *
 * @param project those of now, and where they are
 * @param serves the release that serves, or served last; `null` where none is stored
 */
export function otherFilesFindings(
  { files, checkout }: CheckedOutFiles,
  serves: Pick<ReleaseBundle, "tag" | "composeFiles"> | null,
  { plain, slots }: Pick<ObservedStack, "plain" | "slots">,
): readonly Finding[] {
  const now = composeFileNames(files, checkout);
  if (serves !== null) return told(serves.tag, serves.composeFiles, { checkout, now });
  // Beside a release that is not stored, a person may have run anything.
  const isFirst = Object.values(slots).every(({ containers }) => containers.length === 0);
  const [first] = isFirst ? plain : [];
  if (!first) return [];
  return told(first.name, first.composeFiles, { checkout, now: now.filter((name) => name !== migrationFileName) });
}

function told(
  what: string,
  before: readonly string[] | undefined,
  { checkout, now }: { readonly checkout: string; readonly now: readonly string[] },
): readonly Finding[] {
  if (before === undefined || before.join(":") === now.join(":")) return [];
  return [
    {
      severity: "warn",
      code: "compose-files-differ",
      message: `${what}, which serves, is made of ${before.join(" ")}, and this is of ${now.join(" ")}`,
      hint: `where that is not meant, in ${checkout}: export COMPOSE_FILE=${shellWord(before.join(":"))}`,
    },
  ];
}
