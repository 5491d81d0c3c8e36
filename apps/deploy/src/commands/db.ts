import { formatDuration, SluiceError } from "@sluice/core";
import type { DatabaseCall, Deployer } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { backupRow, backupText, backupTitle, lossText, undoText, verifiedText } from "../render/backup-text.ts";
import { writeJson } from "../render/json.ts";
import { createProgress } from "../render/progress.ts";
import { formatTable } from "../render/table.ts";
import { tellStopping } from "../tell-stopping.ts";
import { withDeployer } from "../with-deployer.ts";

export interface BackupFlags extends ChangeFlags {
  readonly verify?: boolean;
}

export interface RestoreFlags extends ChangeFlags {
  readonly ofStack?: string;
  readonly ofDatabase?: string;
  readonly undo?: boolean;
}

/** `sluice db backup`: takes a backup, and proves it with `--verify`. */
export async function dbBackup(call: CommandCall<BackupFlags>): Promise<number> {
  return changing(call, async (deployer, asked) => {
    const { flags, context } = call;
    const backup = await deployer.database.backup({ ...asked, prove: flags.verify ?? false }, context.signal);
    return { json: { backup }, text: `${backupTitle(backup)}\n${verifiedText(backup)}` };
  });
}

/** `sluice db list`: backups, newest first. */
export async function dbList(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const { backups, damaged, ofOthers = 0 } = await deployer.database.list(context.signal);
    if (flags.json) {
      writeJson(context, { backups, damaged, ofOthers });
      return 0;
    }
    const rows = backups.toReversed().map((backup) => backupRow(backup, context.now()));
    context.stdout.write(
      rows.length > 0 ? formatTable(["backup", "taken", "release", "size", "known"], rows) : "no backups\n",
    );
    if (ofOthers > 0) context.stdout.write(`and ${ofOthers} of other stacks, which are left alone\n`);
    for (const { message } of damaged) context.stdout.write(`damaged: ${message}\n`);
    return 0;
  });
}

/** `sluice db show ID`: all that is known of one backup. */
export async function dbShow(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  return withDeployer(call, async (deployer) => {
    const backup = await deployer.database.show(args[0] ?? "", context.signal);
    if (flags.json) writeJson(context, { backup });
    else context.stdout.write(withFlags(backupText(backup), givenFlags(flags)));
    return 0;
  });
}

/** `sluice db verify [ID]`: restores a backup in a throw-away server and compares it. */
export async function dbVerify(call: CommandCall<ChangeFlags>): Promise<number> {
  return changing(call, async (deployer, asked) => {
    const backup = await deployer.database.verify(call.args[0], asked, call.context.signal);
    return { json: { backup }, text: `${backupTitle(backup)}\n${verifiedText(backup)}` };
  });
}

/** `sluice db restore [ID]`: shows what would be lost, asks, restores beside the live database and swaps. */
export async function dbRestore(call: CommandCall<RestoreFlags>): Promise<number> {
  const { args, flags, context } = call;
  if (flags.undo) return undo(call);
  return changing(call, async (deployer, asked, end) => {
    const plan = await deployer.database.planRestore(args[0], context.signal, asked);
    end();
    await consent(call, lossText(plan), `Lose what was written since, and restore ${plan.manifest.id}?`);
    // A person has been told whose it is, and has agreed.
    const ofStack = flags.ofStack ?? (flags.yes ? undefined : plan.otherStack);
    const ofDatabase = flags.ofDatabase ?? (flags.yes ? undefined : plan.otherDatabase);
    const result = await deployer.database.restore(plan.manifest.id, { ...asked, ofStack, ofDatabase }, context.signal);
    const { manifest, old, swapMs, restoreMs } = result;
    const { losses, releases, findings } = plan;
    return {
      json: { backup: manifest.id, old, swapMs, restoreMs, losses, findings, ...(releases && { releases }) },
      text:
        `${plan.live.database} is what it was at ${manifest.at} (restored in ${formatDuration(restoreMs)}, ` +
        `out of reach for ${formatDuration(swapMs)})\n` +
        `what it was before is kept as database ${old}\n` +
        `next: sluice db restore ${manifest.id} --undo puts it back; drop it when nobody needs it\n`,
    };
  });
}

async function undo(call: CommandCall<RestoreFlags>): Promise<number> {
  const { args, context } = call;
  const [id] = args;
  if (id === undefined) {
    throw new SluiceError("USAGE", "--undo needs the id of the backup that was restored", { hint: "sluice db list" });
  }
  return changing(call, async (deployer, asked, end) => {
    const plan = await deployer.database.planUndo(id, context.signal, asked);
    end();
    await consent(call, undoText(plan, context.now()), "Put the database back?");
    const { restored, releases, findings } = plan;
    const undone = await deployer.database.undoRestore(id, asked, context.signal);
    return {
      json: { backup: id, undone, restored, releases, findings },
      text: `the database is back as it was before the restore; what had its place is kept as database ${undone}\n`,
    };
  });
}

/** `sluice db prune`: removes backups that retention lets go, and gives back the room that was not given back before. */
export async function dbPrune(call: CommandCall<ChangeFlags>): Promise<number> {
  return changing(call, async (deployer, asked) => {
    const result = await deployer.database.prune(asked, call.context.signal);
    const { decisions, leftovers, compaction } = result;
    const rows = decisions.map(({ id, remove, reason }) => [remove ? "removed" : "kept", id, reason]);
    const left = leftovers.map((name) => `removed ${name}, which a dead run had left\n`).join("");
    const text = (formatTable([], rows) || "no backups\n") + left + roomText(result);
    return { json: { decisions, leftovers, ...(compaction && { compaction }) }, text };
  });
}

/** What became of the room of what was removed, now or by a run that ended before it gave that back. */
function roomText({ decisions, leftovers, compaction }: Awaited<ReturnType<Deployer["database"]["prune"]>>): string {
  if (!compaction) return "";
  const { freed, postponed } = compaction;
  if (postponed !== undefined) {
    return `what was removed, now or before, may still take its room: ${postponed}\nnext: sluice db prune gives it back\n`;
  }
  if (freed === null) return "";
  const hasRemoved = leftovers.length > 0 || decisions.some(({ remove }) => remove);
  return `gave back ${freed}${hasRemoved ? "" : ", which earlier runs had not"}\n`;
}

interface Shown {
  readonly json: object;
  readonly text: string;
}

/** Runs what changes something, with its progress on the standard error unless a program listens. */
async function changing(
  call: CommandCall<ChangeFlags>,
  run: (deployer: Deployer, asked: DatabaseCall, endProgress: () => void) => Promise<Shown>,
): Promise<number> {
  const { context, flags } = call;
  const progress = createProgress(context);
  using _stopping = tellStopping(context, progress.end);
  const asked: DatabaseCall = {
    reason: flags.reason,
    waitMs: parseDurationFlag("--wait", flags.wait),
    ...(flags.json ? {} : { onProgress: progress.show }),
    onFinding({ message, hint }) {
      progress.end();
      context.stderr.write(withFlags(`${message}${hint ? ` (${hint})` : ""}\n`, givenFlags(flags)));
    },
  };
  return await withDeployer(call, async (deployer) => {
    try {
      const { json, text } = await run(deployer, asked, progress.end);
      progress.end();
      if (flags.json) writeJson(context, json);
      else context.stdout.write(withFlags(text, givenFlags(flags)));
      return 0;
    } finally {
      progress.end();
    }
  });
}

async function consent(call: CommandCall<RestoreFlags>, text: string, question: string): Promise<void> {
  const { flags, context } = call;
  // Who agreed beforehand has seen none of it.
  if (flags.yes && !flags.json) context.stdout.write(withFlags(text, givenFlags(flags)));
  await confirm(call, text, question);
}

/** Rows are at stake: without a person who says yes, and without `--yes`, nothing is done. */
async function confirm({ flags, context }: CommandCall, text: string, question: string): Promise<void> {
  if (flags.yes) return;
  if (!context.isInteractive || flags.json) {
    throw new SluiceError("CONFIRMATION_NEEDED", "nobody is there to be asked whether data may be lost", {
      hint: "look at it, then add --yes",
      detail: text,
    });
  }
  context.stdout.write(withFlags(`${text.trimEnd()}\n`, givenFlags(flags)));
  if (await context.confirm(question, context.signal)) return;
  throw new SluiceError("CONFIRMATION_NEEDED", "nothing was changed");
}
