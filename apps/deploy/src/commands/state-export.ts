import { resolve } from "node:path";
import type { LeftBackups } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { leftBackupsText } from "../render/left-backups-text.ts";
import { withDeployer } from "../with-deployer.ts";
import { isStandardOutput, writeWhole } from "../write-whole.ts";

export interface StateExportFlags {
  readonly withBackups?: boolean;
}

/** `sluice state export FILE`: everything of the state home in one file that its owner alone can read, `-` for the standard output. */
export async function stateExport(call: CommandCall<StateExportFlags>): Promise<number> {
  const { context, flags, args } = call;
  const { withBackups } = flags;
  const [target = "-"] = args;
  return withDeployer(call, async (deployer) => {
    if (isStandardOutput(target)) {
      const { leftBackups } = await deployer.exportState(context.binaryOutput, { withBackups });
      context.stderr.write(notExported(leftBackups));
      return 0;
    }
    const path = resolve(context.cwd, target);
    let leftBackups: LeftBackups | null = null;
    await writeWhole(
      path,
      async (stream) => {
        ({ leftBackups } = await deployer.exportState(stream, { withBackups }));
      },
      { mode: 0o600 },
    );
    if (flags.json) writeJson(context, { file: path, leftBackups });
    else context.stdout.write(`${path} is written; it holds secrets, keep it as such\n${notExported(leftBackups)}`);
    return 0;
  });
}

function notExported(left: LeftBackups | null): string {
  if (left === null) return "";
  return `${leftBackupsText(left)} not in it: export --with-backups, or copy that directory too\n`;
}
