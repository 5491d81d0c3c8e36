import { join, relative } from "node:path";
import type { CommandCall } from "../context.ts";
import { deployerOptions } from "../deployer-options.ts";
import { configText } from "../init/config-text.ts";
import { formatDiff } from "../init/diff.ts";
import { readIfThere, writeProjectFile } from "../init/project-file.ts";
import { writeJson } from "../render/json.ts";

interface InitFlags {
  readonly workflow?: boolean;
}

/**
 * `sluice init`: writes down what each service was taken for, and why. A file that is there keeps all it says; what
 * would be added is shown, and written only with `--yes`.
 */
export async function init(call: CommandCall<InitFlags>): Promise<number> {
  const { context, flags } = call;
  if (flags.workflow) return (await import("./init-workflow.ts")).initWorkflow(call);
  const options = deployerOptions(flags, context);
  const path = options.configFile ?? join(options.directory, "sluice.yaml");
  const name = relative(context.cwd, path) || path;
  const existing = await readIfThere(path);
  // A file that was named and is not there yet is to be written, not read.
  const { configFile: _, ...withoutFile } = options;
  await using deployer = await context.createDeployer(existing === null ? withoutFile : options);
  const { services } = await deployer.inspect(context.signal);
  const text = configText(existing, services);
  const unsure = services
    .filter(({ active, confidence }) => active && confidence === "ask")
    .map((service) => service.name);
  const written = existing === null || (existing !== text && flags.yes === true);
  if (written) await writeProjectFile(path, name, text);
  if (flags.json) {
    writeJson(context, { file: path, written, unsure, services });
    return 0;
  }
  if (existing === text) context.stdout.write(`${name} names every service already\n`);
  else if (written) context.stdout.write(`${name} is written\n`);
  else
    context.stdout.write(
      `${formatDiff(name, existing ?? "", text)}${name} is not changed: \`sluice init --yes\` writes this\n`,
    );
  if (unsure.length > 0) context.stdout.write(`please say what is meant in ${name}: ${unsure.join(", ")}\n`);
  return 0;
}
