import type { Diagnosis, DoctorReport } from "@sluice/core";
import type { CommandCall } from "../context.ts";
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
    if (flags.json) writeJson(context, report);
    else context.stdout.write(reportText(report, createPaint(context)));
    if (outputMode(flags, context) === "github") context.stdout.write(report.diagnoses.map(annotation).join(""));
    return report.diagnoses.some(({ severity }) => severity === "error") ? needsPersonExitCode : 0;
  });
}

function reportText({ diagnoses, examined }: DoctorReport, paint: Paint): string {
  const looked = `looked at ${examined.join(", ")}\n`;
  if (diagnoses.length === 0) return `nothing is wrong; ${looked}`;
  return `${diagnoses.map((diagnosis) => diagnosisText(diagnosis, paint)).join("\n")}\n${looked}`;
}

function diagnosisText({ severity, code, what, why, mend }: Diagnosis, paint: Paint): string {
  const head = paint(severity === "error" ? "red" : "yellow", `${severity} ${what} [${code}]`);
  return `${head}\n  because  ${why}\n  mend     ${mend}\n`;
}

function annotation({ severity, code, what, mend }: Diagnosis): string {
  return workflowCommand(severity === "error" ? "error" : "warning", { title: code }, `${what}; ${mend}`);
}
