// Whether a pull request brings what a release needs: a changeset for release notes, and docs that change with what they
// describe. `BASE=origin/main node scripts/src/check-changes.ts`. BODY: text of the pull request, in which
// `no-changeset: REASON` or `no-docs: REASON` on a line of its own says why one is not needed. Exit code 10: one is missing.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runProgram, type Workflow } from "./workflow.ts";

const refusedExitCode = 10;

/** Code that users of a package get. */
const isShipped = (path: string) =>
  /^(?:packages|apps)\/[^/]+\/src\//.test(path) &&
  !/\.test\.ts$|\/testing\//.test(path) &&
  !path.startsWith("packages/testing/");
const isChangeset = (path: string) => /^\.changeset\/[^/]+\.md$/.test(path) && !path.endsWith("/README.md");

/** What is described where: whoever changes the first changes the second. */
const documented: readonly (readonly [changed: RegExp, docs: RegExp, what: string])[] = [
  [/^apps\/deploy\/src\/program[\w-]*\.ts$/, /^docs\/cli\.md$/, "commands are described in docs/cli.md"],
  [
    /^packages\/core\/src\/(?:config|windows)\/(?!json-)[\w-]*schema\.ts$/,
    /^docs\/sluice\.example\.yaml$/,
    "settings are described in docs/sluice.example.yaml",
  ],
  [/^packages\/core\/src\/events\/events\.ts$/, /^docs\/events\.md$/, "events are described in docs/events.md"],
  [/^packages\/core\/src\/errors\/codes\.ts$/, /^docs\/errors\.md$/, "error codes are described in docs/errors.md"],
  [/^docs\/en\//, /^docs\/zh\//, "docs/zh says what docs/en says"],
  [/^docs\/zh\//, /^docs\/en\//, "docs/en says what docs/zh says"],
];

/**
 * What a change lacks; empty when it has all.
 *
 * @param paths all that it touches
 * @param body what its pull request says
 * @param deleted those of them that are gone afterwards: a changeset that was there before is somebody else's
 */
export function missingChanges(
  paths: readonly string[],
  body: string,
  deleted: readonly string[] = [],
): readonly string[] {
  const isExcused = (what: string) => new RegExp(`^no-${what}: *\\S`, "m").test(body);
  const shipped = paths.find(isShipped);
  const bringsChangeset = paths.some((path) => isChangeset(path) && !deleted.includes(path));
  const needsChangeset = shipped !== undefined && !bringsChangeset && !isExcused("changeset");
  const undocumented = documented
    .filter(([changed, docs]) => paths.some((path) => changed.test(path)) && !paths.some((path) => docs.test(path)))
    .map(([, , what]) => what);
  return [
    ...(needsChangeset ? [`${shipped} changes, and no changeset says what users notice: pnpm changeset`] : []),
    ...(isExcused("docs") ? [] : undocumented),
  ];
}

export async function checkChanges({ env, directory, say, signal }: Workflow): Promise<number> {
  const range = `${env["BASE"] || "origin/main"}...HEAD`;
  const pathsOf = async (...filter: readonly string[]) => {
    const args = ["diff", "--name-only", "-z", ...filter, range];
    const { stdout } = await promisify(execFile)("git", args, { cwd: directory, signal });
    return stdout.split("\0").filter((path) => path !== "");
  };
  const missing = missingChanges(await pathsOf(), env["BODY"] ?? "", await pathsOf("--diff-filter=D"));
  for (const what of missing) say(what);
  return missing.length === 0 ? 0 : refusedExitCode;
}

if (process.argv[1] === import.meta.filename) await runProgram(checkChanges);
