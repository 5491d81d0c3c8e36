import { resolve } from "node:path";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";
import { isStandardOutput, writeWhole } from "../write-whole.ts";

/** `sluice state export FILE`: everything of the state home in one file that its owner alone can read, `-` for the standard output. */
export async function stateExport(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  const [target = "-"] = args;
  return withDeployer(call, async (deployer) => {
    if (isStandardOutput(target)) {
      await deployer.exportState(context.binaryOutput);
      return 0;
    }
    const path = resolve(context.cwd, target);
    await writeWhole(path, (stream) => deployer.exportState(stream), { mode: 0o600 });
    if (flags.json) writeJson(context, { file: path });
    else context.stdout.write(`${path} is written; it holds secrets, keep it as such\n`);
    return 0;
  });
}
