import type { Diagnosis, DoctorReport } from "@sluice/core";
import type { CommandCall } from "../context.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { outputMode } from "../render/choose.ts";
import { writeJson } from "../render/json.ts";
import { createPaint, type Paint } from "../render/paint.ts";
import { workflowCommand } from "../render/workflow-commands.ts";
import { withDeployer } from "../with-deployer.ts";

const needsPersonExitCode = 30;

/** `sluice doctor`: what is wrong, why it matters, and what mends it. Exit code 30 when something is that is no warning. */
export async function doctor(call: CommandCall): Promise<number> {
  const { context, flags, args } = call;
  return withDeployer(call, async (deployer) => {
    const report = await deployer.doctor(context.signal, args[0] === "security" ? "security" : "deployments");
    const given = givenFlags(flags);
    if (flags.json) writeJson(context, report);
    else context.stdout.write(withFlags(reportText(report, createPaint(context)), given));
    if (outputMode(flags, context) === "github") {
      context.stdout.write(report.diagnoses.map((diagnosis) => annotation(diagnosis, given)).join(""));
    }
    return report.diagnoses.some(({ severity }) => severity === "error") ? needsPersonExitCode : 0;
  });
}

function reportText({ ok, diagnoses, examined }: DoctorReport, paint: Paint): string {
  const looked = `looked at ${examined.join(", ")}\n`;
  const found = diagnoses.map((diagnosis) => `${diagnosisText(diagnosis, paint)}\n`).join("");
  return `${found}${ok ? "nothing is wrong; " : ""}${looked}`;
}

const colours = { error: "red", warn: "yellow", note: "cyan" } as const;
const levels = { error: "error", warn: "warning", note: "notice" } as const;

function diagnosisText({ severity, code, what, why, mend }: Diagnosis, paint: Paint): string {
  const head = paint(colours[severity], `${severity} ${what} [${code}]`);
  return `${head}\n  because  ${why}\n  mend     ${mend}\n`;
}

function annotation({ severity, code, what, mend }: Diagnosis, given: string): string {
  return workflowCommand(levels[severity], { title: code }, withFlags(`${what}; ${mend}`, given));
}
