import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { containerState } from "../render/status-text.ts";
import { formatTable } from "../render/table.ts";
import { agoText } from "../render/words.ts";
import { toldStandIn } from "../stand-in.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice ps`: every container of the stack, and where it lives. */
export async function ps(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const containers = await deployer.ps(context.signal);
    const standIn = await toldStandIn(call, deployer, context.signal);
    if (flags.json) {
      writeJson(context, { containers, standIn });
      return 0;
    }
    const rows = containers.map((row) => [
      row.name,
      row.service,
      row.live ? `${row.place} *` : row.place,
      containerState(row),
      row.startedAt ? agoText(row.startedAt, context.now()) : "-",
      String(row.restartCount),
    ]);
    const head = ["name", "service", "place", "state", "started", "restarts"];
    context.stdout.write(rows.length > 0 ? `${formatTable(head, rows)}* serves now\n` : "no containers\n");
    return 0;
  });
}
