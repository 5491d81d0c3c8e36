import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice prune`: removes stored releases beyond `releases.keep` that no slot needs. */
export async function prune(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const removed = await deployer.prune(context.signal);
    if (flags.json) writeJson(context, { removed });
    else
      context.stdout.write(
        removed.length > 0 ? removed.map((id) => `removed ${id}\n`).join("") : "nothing to remove\n",
      );
    return 0;
  });
}
