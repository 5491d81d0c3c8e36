import type { RehearsalReport } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { deployCall, sayIgnored } from "../deploy-call.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { givenFlags, withFlags, withFlagsInHint } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { createProgress } from "../render/progress.ts";
import { rehearsalMarkdown } from "../render/rehearsal-markdown.ts";
import { rehearsalText } from "../render/rehearsal-text.ts";
import { tellStopping } from "../tell-stopping.ts";
import { withDeployer } from "../with-deployer.ts";

export interface RehearseFlags extends ChangeFlags {
  readonly release?: string;
  readonly fresh?: boolean;
  readonly acceptIncompatible?: boolean;
  readonly markdown?: boolean;
}

/** What a migration that must not run ends the command with: nothing of production was touched. */
const blocked = 20;

/** `sluice db rehearse`: a release's migration on a copy of the database, and what it would do to production. */
export async function dbRehearse(call: CommandCall<RehearseFlags>): Promise<number> {
  const { context, flags } = call;
  const progress = createProgress(context);
  using _stopping = tellStopping(context, progress.end);
  return await withDeployer(call, async (deployer) => {
    const asked = await deployCall(call, deployer);
    if ("ignored" in asked) return sayIgnored(call, asked, "nothing to do");
    try {
      const report = await deployer.database.rehearse(
        {
          release: asked.release,
          fresh: flags.fresh,
          acceptIncompatible: flags.acceptIncompatible,
          reason: flags.reason,
          waitMs: parseDurationFlag("--wait", flags.wait),
          ...(flags.json ? {} : { onProgress: progress.show }),
        },
        context.signal,
      );
      progress.end();
      if (flags.json) writeJson(context, { rehearsal: report });
      else {
        const render = flags.markdown ? rehearsalMarkdown : rehearsalText;
        context.stdout.write(render(withFlagsInReport(report, givenFlags(flags))));
      }
      return report.verdict === "block" ? blocked : 0;
    } finally {
      progress.end();
    }
  });
}

/** Before it becomes Markdown, in which the signs of an option may mean something else. */
function withFlagsInReport(report: RehearsalReport, given: string): RehearsalReport {
  return {
    ...report,
    findings: report.findings.map((finding) => withFlagsInHint(finding, given)),
    notTested: report.notTested.map((line) => withFlags(line, given)),
  };
}
