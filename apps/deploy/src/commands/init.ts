import { relative } from "node:path";
import { type OpenQuestion, openQuestions, type ServiceFacts, servicesOfFiles } from "@sluice/core";
import type { CommandCall, CommonFlags } from "../context.ts";
import { deployerOptions } from "../deployer-options.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { configText } from "../init/config-text.ts";
import { formatDiff } from "../init/diff.ts";
import { readIfThere, writeProjectFile } from "../init/project-file.ts";
import { writeJson } from "../render/json.ts";
import { shellDirectory } from "../shell-directory.ts";

interface InitFlags {
  readonly workflow?: boolean;
}

const fileHint = "name a file with --config that you may read, or one that is not there yet";

/**
 * `sluice init`: writes down what each service was taken for, and why, and that its database is backed up, in the file that the
 * other commands read, and says what to look at there. One that is there keeps all it says; what would be added is shown, and written
 * only with `--yes`.
 */
export async function init(call: CommandCall<InitFlags>): Promise<number> {
  const { context, flags } = call;
  if (flags.workflow) return (await import("./init-workflow.ts")).initWorkflow(call);
  const options = deployerOptions(flags, context);
  const { configFile: named, ...withoutFile } = options;
  // A file that was named and is not there yet is to be written, not read.
  const isToBeRead = named !== undefined && (await readIfThere(named, fileHint)) !== null;
  await using deployer = await context.createDeployer(isToBeRead ? options : withoutFile);
  const { stack, services: all, config, configFile, findings } = await deployer.inspect(context.signal);
  const services = servicesOfFiles(all, config).filter(({ isUnread = false }) => !isUnread);
  const path = named ?? configFile;
  const name = relative(named === undefined ? shellDirectory(context) : context.cwd, path) || path;
  const existing = await readIfThere(path, fileHint);
  const unbacked = findings.filter(({ code }) => code === "no-backup");
  // Of several databases only a person knows which one is meant.
  const isClear = unbacked.length === 1;
  const doubts = [...findings.filter(({ code }) => code === "protocol-unsure"), ...(isClear ? [] : unbacked)];
  const database = isClear ? unbacked[0]?.service : undefined;
  const text = configText(existing, services, { findings, doubts, database });
  const toCheck = openQuestions(services, config, { findings, doubts });
  const isUnsure = ({ name: service, active, confidence }: ServiceFacts) =>
    active && (confidence === "ask" || doubts.some((finding) => finding.service === service));
  const unsure = services.filter(isUnsure).map((service) => service.name);
  const written = existing === null || (existing !== text && flags.yes === true);
  if (written) await writeProjectFile(path, name, text);
  if (flags.json) {
    writeJson(context, { file: path, written, unsure, toCheck, services });
    return 0;
  }
  const proposed = (command: string, given: CommonFlags = flags) => withFlags(`\`${command}\``, givenFlags(given));
  if (existing === text) context.stdout.write(`${name} names every service already\n`);
  else if (written) context.stdout.write(`${name} is written\n`);
  else {
    const command = proposed("sluice init --yes");
    context.stdout.write(`${formatDiff(name, existing ?? "", text)}${name} is not changed: ${command} writes this\n`);
  }
  context.stdout.write(toCheckText(name, toCheck));
  if (written) {
    // The stack of another environment is beside that of production, and is to have a name of its own.
    const isProduction = (options.environment ?? "production") === "production";
    const command = proposed("sluice plan", isProduction ? { projectName: stack, ...flags } : flags);
    context.stdout.write(`once that is right, commit it; ${command} then shows what a deployment would do\n`);
  }
  return 0;
}

function toCheckText(name: string, toCheck: readonly OpenQuestion[]): string {
  if (toCheck.length === 0) return "";
  const lines = toCheck.map(({ service, message }) => `  ${service}: ${message.replaceAll(/\s+/g, " ")}\n`);
  return `please look at these in ${name}:\n${lines.join("")}`;
}
