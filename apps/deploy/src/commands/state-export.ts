import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { LeftBackups } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { fileError } from "../file-error.ts";
import { writeJson } from "../render/json.ts";
import { leftBackupsText } from "../render/left-backups-text.ts";
import { withDeployer } from "../with-deployer.ts";

export interface StateExportFlags {
  readonly withBackups?: boolean;
}

/** `sluice state export FILE`: everything of the state home in one file, `-` for the standard output. */
export async function stateExport(call: CommandCall<StateExportFlags>): Promise<number> {
  const { context, flags, args } = call;
  const { withBackups } = flags;
  const [target = "-"] = args;
  return withDeployer(call, async (deployer) => {
    if (target === "-") {
      const { leftBackups } = await deployer.exportState(context.binaryOutput, { withBackups });
      context.stderr.write(notExported(leftBackups));
      return 0;
    }
    const path = resolve(context.cwd, target);
    let leftBackups: LeftBackups | null = null;
    await writeWhole(path, async (stream) => {
      ({ leftBackups } = await deployer.exportState(stream, { withBackups }));
    });
    if (flags.json) writeJson(context, { file: path, leftBackups });
    else context.stdout.write(`${path} is written; it holds secrets, keep it as such\n${notExported(leftBackups)}`);
    return 0;
  });
}

function notExported(left: LeftBackups | null): string {
  if (left === null) return "";
  return `${leftBackupsText(left)} not in it: export --with-backups, or copy that directory too\n`;
}

/** The file is there whole, readable by its owner alone, or not at all. */
async function writeWhole(path: string, write: (stream: NodeJS.WritableStream) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, "wx", 0o600).catch((error: unknown) => {
    throw fileError(error, `${path} cannot be written`);
  });
  // The stream flushes and closes the file.
  const stream = file.createWriteStream({ flush: true });
  try {
    await write(stream);
    if (!stream.writableEnded) stream.end();
    await finished(stream);
    await rename(temporary, path);
    await using directory = await open(dirname(path));
    await directory.sync();
  } catch (error) {
    stream.destroy();
    await rm(temporary, { force: true });
    throw error;
  }
}
