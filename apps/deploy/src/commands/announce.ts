import type { Announcement } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { deployCall, sayIgnored } from "../deploy-call.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";

interface AnnounceFlags extends ChangeFlags {
  readonly release?: string;
  readonly at?: string;
  readonly override?: string;
}

const undeliveredExitCode = 20;

/** `sluice announce`: tells people ahead when a release is going to be deployed; exit code 20 when somebody could not be told. */
export async function announce(call: CommandCall<AnnounceFlags>): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const asked = await deployCall(call, deployer, { isOnlyNamed: true });
    if ("ignored" in asked) return sayIgnored(call, asked, "nothing to announce");
    const { release, reason, override, waitMs } = asked;
    const told = await deployer.announce(
      { release: release.tag, at: flags.at, reason, override, waitMs },
      context.signal,
    );
    if (flags.json) writeJson(context, told);
    else context.stdout.write(announcementText(told));
    const isTold = told.reports.every(({ result }) => result === "delivered" || result === "known");
    return isTold ? 0 : undeliveredExitCode;
  });
}

function announcementText({ release, plannedFor, isNew, reports }: Announcement): string {
  const said = isNew ? "is announced" : "was announced before";
  const lines = reports.map(({ channel, place, result, reason }) => {
    return `  ${channel} (${place}): ${result}${reason ? `, ${reason}` : ""}\n`;
  });
  return `${release} ${said} for ${plannedFor.text}\n${lines.join("")}`;
}
