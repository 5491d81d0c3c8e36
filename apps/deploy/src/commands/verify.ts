import { type Finding, stops, type Verdict } from "@sluice/core";
import type { CommandCall } from "../context.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { createPaint } from "../render/paint.ts";
import { formatTable } from "../render/table.ts";
import { findingText } from "../render/words.ts";
import { shownToRunner } from "../render/workflow-commands.ts";
import { withDeployer } from "../with-deployer.ts";

const failedExitCode = 20;

/** `sluice verify`: the checks of the release that serves, through the door as users come. */
export async function verify(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const onFinding = (finding: Finding) =>
      void context.stderr.write(`${shownToRunner(withFlags(findingText(finding), givenFlags(flags)), context.env)}\n`);
    const verdicts = await deployer.verify(context.signal, { onFinding });
    const failed = verdicts.filter(stops);
    if (flags.json) writeJson(context, { ok: failed.length === 0, verdicts });
    else context.stdout.write(shownToRunner(verdictsText(verdicts, createPaint(context)), context.env));
    return failed.length === 0 ? 0 : failedExitCode;
  });
}

const resultStyle = { pass: "green", fail: "red", "no-data": "yellow" } as const;

function verdictsText(verdicts: readonly Verdict[], paint: ReturnType<typeof createPaint>): string {
  if (verdicts.length === 0) return "the release has no checks\n";
  const rows = verdicts.map(({ check, result, value, limit, n }) => [
    check,
    paint(resultStyle[result], result),
    value,
    limit,
    String(n),
  ]);
  const details = verdicts.flatMap(({ check, result, detail, onNoData }) =>
    result !== "pass" && onNoData !== "pass" && detail ? [`\n${check}:\n${detail}\n`] : [],
  );
  return formatTable(["check", "result", "value", "limit", "n"], rows) + details.join("");
}
