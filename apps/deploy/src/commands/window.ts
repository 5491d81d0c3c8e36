import { formatInZone } from "@sluice/core/windows";
import type { WindowView } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { formatSection, formatTable } from "../render/table.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice window`: whether deployments may begin now, when that changes, and the freezes. */
export async function window(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const view = await deployer.window();
    if (flags.json) writeJson(context, view);
    else context.stdout.write(windowText(view));
    return 0;
  });
}

function windowText(view: WindowView): string {
  const { stack, open, reason, freezes, holidays } = view;
  return [
    `${stack} is ${open ? "open" : "closed"} for deployments: ${reason}\n`,
    changeText(view),
    formatSection(
      "freezes",
      formatTable(
        ["from", "until", "why"],
        freezes.map((freeze) => [freeze.from, freeze.until, freeze.reason]),
      ),
    ),
    formatSection("holidays", holidays.map((day) => `${day}\n`).join("")),
  ].join("");
}

function changeText({ open, nextOpening, closes, timezone }: WindowView): string {
  const at = open ? closes : nextOpening;
  if (at) return `it ${open ? "closes" : "opens"} ${formatInZone(new Date(at), timezone)}\n`;
  return open ? "" : "it does not open in the next 400 days\n";
}
