import type { CommandCall, WaitFlags } from "../context.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice prune`: removes stored releases beyond `releases.keep` that no slot needs. */
export async function prune(call: CommandCall<WaitFlags>): Promise<number> {
  const { context, flags } = call;
  const waitMs = parseDurationFlag("--wait", flags.wait);
  return withDeployer(call, async (deployer) => {
    const removed = await deployer.prune(context.signal, { waitMs });
    if (flags.json) writeJson(context, { removed });
    else
      context.stdout.write(
        removed.length > 0 ? removed.map((id) => `removed ${id}\n`).join("") : "nothing to remove\n",
      );
    return 0;
  });
}
