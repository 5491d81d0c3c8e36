import type { Finding } from "../../model/finding.ts";
import type { ReleaseBundle, ReleaseRequest } from "../../model/release.ts";
import { newestFirst } from "../releases/match-bundle.ts";

const shownPaths = 3;

/**
 * What a person should know of the checkout that is to be deployed: that it holds more than its commit names, and that its
 * tag named another commit before. Neither refuses it. Pure.
 */
export function checkoutFindings(request: ReleaseRequest, bundles: readonly ReleaseBundle[]): readonly Finding[] {
  const { tag, commit } = request;
  if (commit === null) return [];
  return [...changed(request, commit), ...moved(tag, commit, bundles)];
}

/**
 * What a person should know of a stored release that is meant: that its commit does not name all of it, and that another one
 * bears its tag, so that a tag alone does not tell which of them serves. Pure.
 */
export function storedFindings(
  bundle: Pick<ReleaseBundle, "id" | "tag" | "commit" | "dirty">,
  bundles: readonly ReleaseBundle[],
): readonly Finding[] {
  const { id, tag, commit, dirty } = bundle;
  const others = bearers(bundles, tag).filter((one) => one.id !== id);
  const other = others.find((one) => one.commit !== commit || one.dirty || dirty);
  return [
    ...(dirty
      ? [
          {
            severity: "info" as const,
            code: "release-dirty" as const,
            message: `release ${tag} (${id}) was built with changes that commit ${short(commit ?? "")} does not have`,
          },
        ]
      : []),
    ...(other
      ? [
          {
            severity: "info" as const,
            code: "tag-shared" as const,
            message: `two releases are stored as ${tag}: this is ${id}, of ${source(bundle)}; ${other.id} is of ${source(other)}`,
            hint: `to go to the other one, name it by its id: sluice rollback ${other.id}`,
          },
        ]
      : []),
  ];
}

function source({ commit, dirty }: Pick<ReleaseBundle, "commit" | "dirty">): string {
  if (commit === null) return "no commit";
  return dirty ? `commit ${short(commit)} with uncommitted changes` : `commit ${short(commit)}`;
}

function bearers(bundles: readonly ReleaseBundle[], tag: string): readonly ReleaseBundle[] {
  return newestFirst(bundles).filter((bundle) => bundle.tag === tag || bundle.tags.includes(tag));
}

function changed({ tag, dirty, changes = [] }: ReleaseRequest, commit: string): readonly Finding[] {
  if (!dirty) return [];
  const paths = changes.slice(0, shownPaths).join(", ");
  const named = paths === "" ? "" : `: ${paths}${changes.length > shownPaths ? " and more" : ""}`;
  return [
    {
      severity: "warn",
      code: "checkout-dirty",
      message: `the checkout of ${tag} holds changes that commit ${short(commit)} does not have${named}`,
      hint: "git status shows them; commit them, or name in .gitignore what containers write: what is built now cannot be built again",
    },
  ];
}

function moved(tag: string, commit: string, bundles: readonly ReleaseBundle[]): readonly Finding[] {
  const other = bearers(bundles, tag).find((bundle) => bundle.commit !== null && bundle.commit !== commit);
  if (!other?.commit) return [];
  const { id } = other;
  return [
    {
      severity: "warn",
      code: "tag-moved",
      message: `${tag} is commit ${short(commit)} now; release ${id}, which is stored as ${tag} here, is of commit ${short(other.commit)}`,
      hint: `to go back to that one, name it by its id: sluice rollback ${id}`,
    },
  ];
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
