import { readFile } from "node:fs/promises";
import { assertReleaseTag, isReleaseTag, type ReleaseRequest, readWorkflowRun, SluiceError } from "@sluice/core";
import { assertTagIsCheckout, type Checkout, describeCheckout, readReleaseEvent } from "@sluice/release";

export interface ReleaseSourceOptions {
  /** `GITHUB_EVENT_PATH` names the event file, where there is one, and `GITHUB_EVENT_NAME` the event. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The checkout. */
  readonly directory: string;
  /** A tag that was given by hand; wins over the event. */
  readonly tag?: string | undefined;
  /** That tag need not be what is checked out: nothing of it is deployed. Default false. */
  readonly isOnlyNamed?: boolean | undefined;
  /** `releases.allowPrerelease` of the configuration; still being read, if need be: git does not wait for it. */
  readonly allowPrerelease?: boolean | Promise<boolean> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type ResolvedRelease = { readonly release: ReleaseRequest } | { readonly ignored: string };

/**
 * Which release is asked for: the tag given by hand, else the published release of the event file, else what
 * `git describe` says of the checkout. What git knows by the tag must be what is checked out: a tag chooses no version.
 *
 * @throws SluiceError EVENT_INVALID, RELEASE_REFUSED, NAME_INVALID, USAGE
 */
export async function resolveRelease(options: ReleaseSourceOptions): Promise<ResolvedRelease> {
  const { directory, tag, signal } = options;
  const [checkout] = await Promise.all([
    describeCheckout(directory, { signal }),
    tag === undefined || options.isOnlyNamed
      ? null
      : assertTagIsCheckout(tag, directory, { signal, mayBeUnknown: true }),
  ]);
  if (!options.isOnlyNamed) assertWhole(checkout);
  const { commit, dirty, changes } = checkout;
  const common = { commit, dirty, ...(dirty ? { changes } : {}) };
  if (tag !== undefined) return { release: { ...common, tag: assertReleaseTag(tag), source: "option" } };
  const event = await readEvent(options);
  if (event && "ignored" in event) return event;
  if (event) {
    await assertTagIsCheckout(event.tag, directory, { signal });
    return { release: { ...common, tag: assertReleaseTag(event.tag), source: "event" } };
  }
  if (checkout.describe === null) {
    throw new SluiceError("USAGE", `nothing tells which release ${directory} is`, {
      hint: "give one with --release TAG, or deploy from a git checkout with a tag",
    });
  }
  return { release: { ...common, tag: assertDescribed(checkout.describe), source: "describe" } };
}

/** Git allows more in a tag, as in `2.0#final`; another name is given by hand then. */
function assertDescribed(name: string): string {
  if (isReleaseTag(name)) return name;
  throw new SluiceError(
    "NAME_INVALID",
    `git describe calls what is checked out ${JSON.stringify(name)}: no release can be named so`,
    {
      hint: "name it by hand with --release NAME, which git need not know; or give the commit a tag of letters, digits, '.', '_' and '-'",
    },
  );
}

/** To git such a tree is clean, and a build without what it lacks would be the release that the commit names ever after. */
function assertWhole({ missingSubmodules, lfsPointers }: Checkout): void {
  assertSubmodules(missingSubmodules);
  const [pointer, ...more] = lfsPointers;
  if (pointer === undefined) return;
  const those = more.length === 0 ? `${pointer} is a pointer` : `${pointer} and ${more.length} more are pointers`;
  throw new SluiceError(
    "RELEASE_REFUSED",
    `${those} of Git LFS and not the file itself: what is built would not be what the commit names`,
    {
      hint:
        "git lfs pull; on GitHub, actions/checkout with `lfs: true`. " +
        "What no build needs is left out by lfs.fetchexclude in .lfsconfig",
    },
  );
}

function assertSubmodules([first, ...more]: readonly string[]): void {
  if (first === undefined) return;
  const those = more.length === 0 ? `submodule ${first} is` : `submodules ${[first, ...more].join(", ")} are`;
  throw new SluiceError(
    "RELEASE_REFUSED",
    `${those} not checked out: what is built would not be what the commit names`,
    {
      hint:
        "git submodule update --init --recursive; on GitHub, actions/checkout with `submodules: recursive`. " +
        "One that no build needs is left out by `update = none` in .gitmodules",
    },
  );
}

async function readEvent({ env, allowPrerelease = false }: ReleaseSourceOptions) {
  const { path, name: eventName } = readWorkflowRun(env).event;
  if (!path) return null;
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError("EVENT_INVALID", `event file ${path} cannot be read: ${cause.message}`, {
      hint: "GITHUB_EVENT_PATH must name a file that is there; or name the release with --release TAG",
      cause,
    });
  });
  return readReleaseEvent(text, { eventName, allowPrerelease: await allowPrerelease });
}
