import type { MigrateCall } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "../context.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { migrationPlanText, migrationText } from "../render/migration-text.ts";
import { shownToRunner } from "../render/workflow-commands.ts";
import { tellStopping } from "../tell-stopping.ts";
import { withDeployer } from "../with-deployer.ts";

export interface MigrateFlags extends ChangeFlags {
  readonly down?: boolean;
  readonly plan?: boolean;
}

/** `sluice db migrate [RELEASE]`: runs the jobs of a stored release alone, as carefully as a deployment would. */
export async function dbMigrate(call: CommandCall<MigrateFlags>): Promise<number> {
  const { args, flags, context } = call;
  // The standard output is for the result.
  const say = (text: string) => void context.stderr.write(`${shownToRunner(text, context.env)}\n`);
  const asked: MigrateCall = {
    release: args[0],
    down: flags.down ?? false,
    reason: flags.reason,
    waitMs: parseDurationFlag("--wait", flags.wait),
    onFinding: ({ message, hint }) => say(withFlags(`${message}${hint ? ` (${hint})` : ""}`, givenFlags(flags))),
    ...(flags.json
      ? {}
      : {
          onText: (text) => say(withFlags(text, givenFlags(flags))),
          onOutput: ({ source, text }) => say(`${source} | ${text}`),
        }),
  };
  using _stopping = tellStopping(context);
  return await withDeployer(call, async ({ database }) => {
    const { signal } = context;
    const done = flags.plan
      ? await database.planMigration(asked, signal).then((plan) => ({ json: { plan }, text: migrationPlanText(plan) }))
      : await database.migrate(asked, signal).then((result) => ({ json: { ...result }, text: migrationText(result) }));
    if (flags.json) writeJson(context, done.json);
    else context.stdout.write(withFlags(done.text, givenFlags(flags)));
    return 0;
  });
}
