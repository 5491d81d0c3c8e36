import { type Diagnosis, isReleaseTag, when } from "@sluice/core";

export interface ReleaseFacts {
  /** Why the event asks for no deployment; `null` where it asks for one, or there is none. */
  readonly ignored: string | null;
  /** What `git describe` calls the checkout; `null` where that names no release: outside a repository, or an event does. */
  readonly described: string | null;
  /** Full commit id; `null` outside a repository. */
  readonly commit: string | null;
  readonly isDirty: boolean;
  /** Git has only the last commits: tags may be missing. */
  readonly isShallow: boolean;
  readonly tagsAtHead: readonly string[];
  /** Paths of those that the commit names. */
  readonly missingSubmodules: readonly string[];
  /** Paths of files of Git LFS of which only the pointer is checked out. */
  readonly lfsPointers: readonly string[];
}

/** What is wrong with the release that would be deployed from here. An event that cannot be used is thrown by its reader. */
export function releaseDiagnoses({
  ignored,
  described,
  commit,
  isDirty,
  isShallow,
  tagsAtHead,
  missingSubmodules,
  lfsPointers,
}: ReleaseFacts): readonly Diagnosis[] {
  return [
    ...when(ignored !== null, {
      severity: "warn",
      code: "release-ignored",
      what: ignored ?? "",
      why: "the run ends well, and nothing is deployed",
      mend: "publish the release: gh release edit TAG --draft=false",
    }),
    ...when(commit === null, {
      severity: "warn",
      code: "checkout-no-repository",
      what: "the project is in no git repository",
      why: "nothing tells which commit a release is: each deployment is a new one, and is built again",
      mend: "deploy from a checkout of the release's tag",
    }),
    ...when(described !== null && !isReleaseTag(described), {
      severity: "error",
      code: "release-name",
      what: `git describe calls what is checked out ${described}`,
      why: "no release can be named so: a deployment without --release is refused",
      mend: "sluice deploy --release NAME, which git need not know; or git tag NAME, of letters, digits, '.', '_' and '-'",
    }),
    ...when(commit !== null && isDirty, {
      severity: "warn",
      code: "checkout-dirty",
      what: "the checkout holds changes that no commit has",
      why: "what would be deployed is not what its tag names, and cannot be built again",
      mend: "git status shows them; commit them, or name in .gitignore what containers write",
    }),
    ...when(missingSubmodules.length > 0, {
      severity: "error",
      code: "checkout-submodules",
      what: `submodules that the commit names are not checked out: ${missingSubmodules.join(", ")}`,
      why: "what is built would not be what the commit names: a deployment is refused",
      mend: "git submodule update --init --recursive; on GitHub, actions/checkout with submodules: recursive",
    }),
    ...when(lfsPointers.length > 0, {
      severity: "error",
      code: "checkout-lfs",
      what: `of files of Git LFS only pointers are checked out: ${lfsPointers.slice(0, 3).join(", ")}${lfsPointers.length > 3 ? " and more" : ""}`,
      why: "what is built would not be what the commit names: a deployment is refused",
      mend: "git lfs pull; on GitHub, actions/checkout with lfs: true",
    }),
    ...when(commit !== null && isShallow && tagsAtHead.length === 0, {
      severity: "warn",
      code: "checkout-shallow",
      what: "the checkout is shallow and knows no tag of its commit",
      why: "a release is named by its tag: a deployment without --release is refused or named by the commit",
      mend: "actions/checkout with fetch-depth: 0, or git fetch --unshallow --tags",
    }),
  ];
}
