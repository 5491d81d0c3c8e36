import { join } from "node:path";
import { isSluiceError, type ReleaseRequest, SluiceError } from "@sluice/core";
import type { Deployer } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { deployerOptions } from "../deployer-options.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { leftBackupsText } from "../render/left-backups-text.ts";
import { placedHomeLines } from "../render/placed-home-text.ts";
import { formatSection, formatTable } from "../render/table.ts";
import { servingText } from "../render/words.ts";
import { withDeployer } from "../with-deployer.ts";

export interface StateRebuildFlags {
  readonly release?: string;
  readonly replace?: boolean;
  readonly reason?: string;
}

type Rebuilt = Awaited<ReturnType<Deployer["rebuildState"]>>;

/** `sluice state rebuild`: a state home from what the engine shows, where the one before is lost. */
export async function stateRebuild(call: CommandCall<StateRebuildFlags>): Promise<number> {
  const { context, flags } = call;
  const { replace, reason } = flags;
  return withDeployer(call, async (deployer) => {
    const { stack } = await deployer.inspect(context.signal);
    const release = await checkoutRelease(call);
    await confirmRebuild(call, stack);
    const rebuilt = await deployer.rebuildState({ release, replace, reason }, context.signal);
    if (flags.json) writeJson(context, rebuilt);
    else context.stdout.write(withFlags(rebuiltText(rebuilt), givenFlags(flags)));
    return 0;
  });
}

/** What the checkout is; `null` where nothing tells. */
async function checkoutRelease({ context, flags }: CommandCall<StateRebuildFlags>): Promise<ReleaseRequest | null> {
  const { env, signal } = context;
  const { directory } = deployerOptions(flags, context);
  try {
    const resolved = await context.resolveRelease({ env, directory, tag: flags.release, signal });
    return "release" in resolved ? resolved.release : null;
  } catch (error) {
    if (flags.release === undefined && isSluiceError(error)) return null;
    throw error;
  }
}

/** A home that is not lost after all would be refused afterwards: nobody does that unasked. */
async function confirmRebuild({ flags, context }: CommandCall<StateRebuildFlags>, stack: string): Promise<void> {
  if (flags.yes) return;
  const what = `The record of stack ${stack} begins anew, and any other state home of it is refused from now on.`;
  const canAsk = context.isInteractive && !flags.json;
  if (canAsk && (await context.confirm(`${what} Is the one before lost for good?`, context.signal))) return;
  throw new SluiceError("CONFIRMATION_NEEDED", "not confirmed, nothing was changed", {
    hint: `a state home that is not lost is moved with \`sluice state export\` and \`sluice state import\`; one that is lost is rebuilt with --yes`,
  });
}

function rebuiltText(rebuilt: Rebuilt): string {
  const { stack, path, id, previousHome, replaced, replacedBackups, serving, slots, lost } = rebuilt;
  const rows = slots.map(({ slot, tag, release, live, bundle }) => [
    slot,
    tag ?? "-",
    release,
    live ? "active" : "idle",
    bundle ? "rebuilt" : "lost",
  ]);
  return [
    `stack ${stack} belongs to ${path} now (state home ${id})\n`,
    previousHome === null ? "" : `the state home before (${previousHome}) is refused from now on\n`,
    replaced === null ? "" : `what was there before is in ${replaced}\n`,
    ...placedHomeLines(rebuilt).map((line) => `${line}\n`),
    replacedBackups === null
      ? ""
      : `${leftBackupsText(replacedBackups)} not here: copy what you need to ${join(path, "backups")}\n`,
    slots.length === 0 ? "no slot holds a release\n" : `${servingText(serving)}\n`,
    formatSection("slots", formatTable(["slot", "tag", "release", "state", "bundle"], rows)),
    formatSection("lost", lost.map((what) => `${what}\n`).join("")),
  ].join("");
}
