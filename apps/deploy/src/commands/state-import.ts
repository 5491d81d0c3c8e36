import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Deployer } from "@sluice/wiring";
import type { CommandCall, CommandContext } from "../context.ts";
import { fileError } from "../file-error.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { leftBackupsText } from "../render/left-backups-text.ts";
import { placedHomeLines } from "../render/placed-home-text.ts";
import { withDeployer } from "../with-deployer.ts";

export interface StateImportFlags {
  readonly replace?: boolean;
  readonly takeOver?: boolean;
  readonly reason?: string;
}

type Imported = Awaited<ReturnType<Deployer["importState"]>>;

/** `sluice state import FILE`: the state of a stack moves here, `-` from the standard input. */
export async function stateImport(call: CommandCall<StateImportFlags>): Promise<number> {
  const { context, flags, args } = call;
  const { replace, takeOver, reason } = flags;
  return withDeployer(call, async (deployer) => {
    const archive = await openArchive(args[0] ?? "-", context);
    const imported = await deployer.importState(archive, { replace, takeOver, reason }, context.signal);
    if (flags.json) writeJson(context, imported);
    else context.stdout.write(withFlags(importedText(imported), givenFlags(flags)));
    return 0;
  });
}

async function openArchive(file: string, { binaryInput, cwd }: CommandContext): Promise<Readable> {
  if (file === "-") return binaryInput;
  const path = resolve(cwd, file);
  const handle = await open(path).catch((error: unknown) => {
    throw fileError(error, `${path} cannot be read`, "name the file that `sluice state export` wrote");
  });
  return handle.createReadStream();
}

function importedText(imported: Imported): string {
  const { stack, path, id, from, replaced, replacedBackups, leftBackups, unfinished } = imported;
  const place = join(path, "backups");
  const lines = [
    `stack ${stack} belongs to ${path} now (state home ${id})`,
    `the state home that was exported (${from}) is refused from now on`,
    ...(replaced ? [`what was there before is in ${replaced}`] : []),
    ...placedHomeLines(imported),
    ...(replacedBackups ? [`${leftBackupsText(replacedBackups)} not here: copy what you need to ${place}`] : []),
    ...(leftBackups
      ? [`${leftBackupsText(leftBackups)} still where it was exported: copy that directory to ${place}`]
      : []),
    ...(unfinished
      ? [
          `the export ends within deployment ${unfinished.deployment} (${unfinished.tag}): let what still runs of it where it came from end first, then see \`sluice status\`, then \`sluice resume\` or \`sluice abort\``,
        ]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
