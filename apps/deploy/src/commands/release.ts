import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readWorkflowRun, SluiceError } from "@sluice/core";
import type { GithubRelease, NewRelease, OpenedDesk } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { deployerOptions } from "../deployer-options.ts";
import { fileError } from "../file-error.ts";
import { outputMode } from "../render/choose.ts";
import { writeJson } from "../render/json.ts";
import { comparisonText, kindOf, oneLine, releasesText, releaseText } from "../render/release-text.ts";
import { workflowCommand } from "../render/workflow-commands.ts";

const shownByDefault = 20;

/** `sluice release list`: releases on GitHub, newest first. */
export async function releaseList(call: CommandCall<{ readonly limit?: number }>): Promise<number> {
  const { context, flags } = call;
  const desk = await openDesk(call);
  const releases = await desk.list(flags.limit ?? shownByDefault, context.signal);
  if (flags.json) writeJson(context, { repository: desk.repository, releases: releases.map(withoutUpload) });
  else context.stdout.write(releases.length > 0 ? releasesText(releases, context.now()) : "there is no release yet\n");
  return 0;
}

/** `sluice release show TAG` */
export async function releaseShow(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  const { commit, ...release } = await (await openDesk(call)).show(args[0] ?? "", context.signal);
  if (flags.json) writeJson(context, { release: { ...withoutUpload(release), commit } });
  else context.stdout.write(releaseText(release, commit));
  return 0;
}

interface CreateFlags {
  readonly target?: string;
  readonly title?: string;
  readonly notes?: string;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
}

/** `sluice release create TAG`: publishes a release, which is what a workflow deploys. */
export async function releaseCreate(call: CommandCall<CreateFlags>): Promise<number> {
  const { context, flags, args } = call;
  const { target, title, draft: isDraft, prerelease: isPrerelease } = flags;
  const desk = await openDesk(call);
  const notes = flags.notes === undefined ? undefined : await readNotes(resolve(context.cwd, flags.notes));
  const wanted = { tag: args[0] ?? "", target, title, notes, isDraft, isPrerelease };
  return publish(call, desk, await desk.draft(wanted, context.signal));
}

/** `sluice release promote TAG`. One that is a full release already stays as it is: it would become the latest. */
export async function releasePromote(call: CommandCall): Promise<number> {
  const { context, args } = call;
  const desk = await openDesk(call);
  const { commit, ...release } = await desk.show(args[0] ?? "", context.signal);
  const kind = kindOf(release);
  if (kind === "release") return ended(call, release, "is a full release already");
  const what = `${kind} ${release.tag}${commit === null ? "" : ` of ${commit}`} in ${desk.place}`;
  await assertWanted(call, `${what} becomes a full release, and the latest\n\n${oneLine(release.title)}\n\n`);
  const promoted = await desk.promote(release.tag, context.signal);
  if (desk.mayBeOfRun) warnInRun(call, "may start", `where the token of this run promoted ${release.tag}`);
  return ended(call, promoted, "is a full release now");
}

/** `sluice release rollback [TAG]`: publishes a release on the commit of an earlier one. */
export async function releaseRollback(call: CommandCall<{ readonly reason?: string }>): Promise<number> {
  const { context, flags, args } = call;
  const desk = await openDesk(call);
  const { actor } = deployerOptions(flags, context);
  const wanted = { to: args[0], reason: flags.reason ?? "", actor };
  return publish(call, desk, await desk.draftRollback(wanted, context.signal));
}

/** `sluice release compare FROM [TO]` */
export async function releaseCompare(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  const comparison = await (await openDesk(call)).compare(args[0] ?? "", args[1], context.signal);
  if (flags.json) writeJson(context, { comparison });
  else context.stdout.write(comparisonText(comparison));
  return 0;
}

/** A published release is deployed: a person is asked first. */
async function publish(call: CommandCall, desk: OpenedDesk, release: NewRelease): Promise<number> {
  const { tag, target = "the default branch", notes } = release;
  await assertWanted(call, `${kindOf(release)} ${tag} of ${target} in ${desk.place}\n\n${notes}\n`);
  const made = await desk.create(release, call.context.signal);
  if (!made.isDraft && made.author === runAuthor)
    warnInRun(call, "starts", `as the token of this run published ${tag}`);
  return ended(call, made, made.isDraft ? "is a draft" : "is published");
}

/** Whom GitHub names for what the token of a run does. */
const runAuthor = "github-actions[bot]";

/** GitHub starts no workflow for it. https://docs.github.com/actions/concepts/security/github_token */
function warnInRun({ context, flags }: CommandCall, what: "starts" | "may start", why: string): void {
  if (!readWorkflowRun(context.env).isStep) return;
  const text =
    `this ${what} no workflow, ${why}: use the token of an app or a fine-grained one, ` +
    "or run sluice deploy or sluice rollback in this job";
  if (outputMode(flags, context) === "github") {
    context.stdout.write(workflowCommand("warning", { title: "nothing is deployed by this" }, text));
  } else context.stderr.write(`${text}\n`);
}

/** Shows what is to be published and asks, where somebody can answer. @throws SluiceError CONFIRMATION_NEEDED */
async function assertWanted({ context, flags }: CommandCall, shown: string): Promise<void> {
  if (flags.yes || flags.json || !context.isInteractive) return;
  context.stdout.write(shown);
  if (await context.confirm("Do it?", context.signal)) return;
  throw new SluiceError("CONFIRMATION_NEEDED", "not confirmed, nothing was published");
}

function ended({ context, flags }: CommandCall, release: GithubRelease, text: string): number {
  if (flags.json) writeJson(context, { release: withoutUpload(release) });
  else context.stdout.write(`${release.tag} ${text}: ${release.url}\n`);
  return 0;
}

async function openDesk({ context, flags }: CommandCall): Promise<OpenedDesk> {
  return context.openReleaseDesk(deployerOptions(flags, context));
}

async function readNotes(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError(error, `${path} cannot be read`, "name a file with --notes that you may read");
  }
}

function withoutUpload({ uploadUrl: _inner, ...release }: GithubRelease) {
  return release;
}
