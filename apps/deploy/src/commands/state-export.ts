import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { CommandCall } from "../context.ts";
import { fileError } from "../file-error.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice state export FILE`: everything of the state home in one file, `-` for the standard output. */
export async function stateExport(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  const [target = "-"] = args;
  return withDeployer(call, async (deployer) => {
    if (target === "-") {
      await deployer.exportState(context.binaryOutput);
      return 0;
    }
    const path = resolve(context.cwd, target);
    await writeWhole(path, (stream) => deployer.exportState(stream));
    if (flags.json) writeJson(context, { file: path });
    else context.stdout.write(`${path} is written; it holds secrets, keep it as such\n`);
    return 0;
  });
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
