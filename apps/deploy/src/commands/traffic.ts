import { slots } from "@sluice/core";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { formatTable } from "../render/table.ts";
import { toldStandIn } from "../stand-in.ts";
import { withDeployer } from "../with-deployer.ts";

const head = ["service", "slot", "share", "requests", "2xx", "3xx", "4xx", "5xx", "errors", "active", "servers"];

/** `sluice traffic`: shares of the slots, and the counters of the doors since they started. */
export async function traffic(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const doors = await deployer.traffic(context.signal);
    const standIn = await toldStandIn(call, deployer, context.signal);
    if (flags.json) {
      writeJson(context, { doors, standIn });
      return 0;
    }
    const rows = doors.flatMap(({ service, stable, shares, slots: counters }) =>
      slots.map((slot) => {
        const seen = counters[slot];
        return [
          service,
          slot === stable ? `${slot} (stable)` : slot,
          `${shares[slot]} %`,
          ...[seen.requests, seen.http2xx, seen.http3xx, seen.http4xx, seen.http5xx].map(String),
          String(seen.connectErrors + seen.responseErrors),
          String(seen.active),
          `${seen.serversUp}/${seen.serversTotal}`,
        ];
      }),
    );
    context.stdout.write(rows.length > 0 ? formatTable(head, rows) : "no door runs\n");
    return 0;
  });
}
