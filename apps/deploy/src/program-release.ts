import type { Command } from "commander";
import { toCount } from "./common-options.ts";
import type { Verb } from "./verb.ts";

/** `sluice release …` */
export function addReleaseCommands(release: Command, verb: Verb): void {
  const commands = () => import("./commands/release.ts");
  verb(release, "list", "releases, newest first", async () => (await commands()).releaseList).option(
    "-n, --limit <count>",
    "releases to show (default: 20)",
    toCount,
  );
  verb(release, "show", "all that is known of a release", async () => (await commands()).releaseShow).argument(
    "<tag>",
    "tag of a release",
  );
  const create = verb(
    release,
    "create",
    "publish a release of what is checked out",
    async () => (await commands()).releaseCreate,
  );
  create
    .argument("<tag>", "tag, made unless it is there")
    .option("--target <ref>", "commit, branch or tag to release (default: what is checked out)")
    .option("--title <text>", "title (default: the tag)")
    .option("--notes <file>", "Markdown (default: made from changesets, pull requests and commits)")
    .option("--draft", "publish nothing yet")
    .option("--prerelease", "not for production");
  verb(
    release,
    "promote",
    "make a draft or prerelease a full release, and the latest",
    async () => (await commands()).releasePromote,
  ).argument("<tag>", "tag of a release");
  verb(
    release,
    "rollback",
    "publish a release that goes back to an earlier one",
    async () => (await commands()).releaseRollback,
  )
    .argument("[tag]", "full release to go back to (default: the one that served before the latest)")
    .requiredOption("--reason <text>", "why, for its notes");
  verb(release, "compare", "what came to a release since another", async () => (await commands()).releaseCompare)
    .argument("<from>", "tag, branch or commit")
    .argument("[to]", "tag, branch or commit (default: the latest release)");
}
