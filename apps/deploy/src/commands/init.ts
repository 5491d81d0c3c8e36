import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { CommandCall } from "../context.ts";
import { deployerOptions } from "../deployer-options.ts";
import { fileError } from "../file-error.ts";
import { configText } from "../init/config-text.ts";
import { formatDiff } from "../init/diff.ts";
import { writeJson } from "../render/json.ts";

/**
 * `sluice init`: writes down what each service was taken for, and why. A file that is there keeps all it says; what
 * would be added is shown, and written only with `--yes`.
 */
export async function init({ context, flags }: CommandCall): Promise<number> {
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
  if (written) await writeDurably(path, name, text);
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

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

async function writeDurably(path: string, name: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.sluice.yaml.${process.pid}.tmp`);
  try {
    await using file = await open(temporary, "wx", 0o644);
    await file.writeFile(text);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, `${name} cannot be written`);
  }
}
