import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { checkoutOf, findProjectFiles, writtenProjectName } from "@sluice/compose";
import { type Config, configuredMigration, SluiceError } from "@sluice/core";
import { inferDatabaseKind } from "@sluice/database";
import { hasLfsFiles } from "@sluice/release";
import {
  deploymentsOf,
  leftOutFiles,
  neededFiles,
  ownDefaults,
  profilesHere,
  profilesVariable,
  projectWorkflows,
  relativeWrites,
  servicesLeftOut,
  settingsByHand,
  unsetVariables,
  variablesOf,
  type WorkflowFile,
  workflowFacts,
} from "@sluice/workflows";
import type { DeployerOptions, ProjectWorkflows } from "./deployer.ts";
import { checkoutWrites } from "./project/checkout-writes.ts";
import { configVariables } from "./project/config-variables.ts";
import { isTracked } from "./project/is-tracked.ts";
import { jobMinutes } from "./project/job-minutes.ts";
import { loadConfig, loadEnvironmentNames } from "./project/load-config.ts";
import { configFileOf } from "./project/locations.ts";
import { filesOutOfGit } from "./project/out-of-git.ts";
import type { Session } from "./session.ts";

const workflowDirectory = ".github/workflows";

/**
 * Reads what lies in the checkout, as texts only: on a developer's machine the variables of production are not there.
 *
 * @param how files that git does not have are looked for by variables, see `variablesOf`. Default: as is likely
 */
export async function readProjectWorkflows(
  session: Session,
  how: "likely" | "certain" = "likely",
): Promise<ProjectWorkflows> {
  const { directory: from, files = [], env, environment = "production", profiles: given } = session.options;
  const found = await findProjectFiles(session.options, env);
  const directory = await rootOf(from, found.directory);
  await assertSameConfig(session.options, { directory, files: found.files });
  const [{ config, isConfigured }, workflows, besides, ...envFiles] = await Promise.all([
    readSettings(session, environment),
    readWorkflowFiles(directory),
    // Those of another project of the checkout are none that this one is made of.
    readYamlFiles(directory, relative(directory, found.directory) || "."),
    ...[...new Set([found.directory, from])].map((place) => readEnvFile(join(place, ".env"))),
  ]);
  const paths = found.files.map((file) => relative(directory, file));
  const texts = new Map(besides.map(({ path, text }) => [path, text]));
  for (const path of paths) texts.set(path, await readOrEmpty(join(directory, path)));
  // Where the workflows run, nobody has one that git has not, and what it says is to be asked for.
  const checkedOutText = envFiles.map(({ text, isOwn }) => (isOwn ? "" : text)).join("\n");
  const envFileText = (await Promise.all(found.envFiles.map(readOrEmpty))).join("\n");
  const checkout = {
    composeFiles: paths.map((path) => ({ path, text: texts.get(path) ?? "" })),
    filesAreNamed: files.length > 0,
    read: (path: string) => texts.get(path) ?? null,
    envFileText: checkedOutText,
    profiles: { given, shell: env[profilesVariable], envFileText },
    ownEnvText: envFiles.map(({ text, isOwn }) => (isOwn ? text : "")).join("\n"),
    workflows,
    configVariables: configVariables(config),
    environment: {
      name: environment,
      isConfigured,
      onGithub: config.github.environment ?? environment,
      takesPrereleases: config.releases.allowPrerelease,
    },
    github: config.github,
    migratesIn: configuredMigration(config.database)?.service,
    minutes: jobMinutes(config),
    timezone: config.windows.timezone,
    hasLfs: await hasLfs(directory),
    hasSubmodules: (await readOrEmpty(join(directory, ".gitmodules"))) !== "",
    hasDatabase: config.database !== undefined || [...texts.values()].some(hasDatabaseImage),
  };
  const facts = workflowFacts(checkout);
  const leftOut = leftOutFiles(checkout, facts);
  const existing = deploymentsOf(checkout);
  const [deployment] = existing;
  const path = deployment?.path ?? "";
  const composeTexts = facts.files.map((path) => texts.get(path) ?? "");
  const needed = neededFiles(composeTexts, variablesOf(checkout, facts, how), servicesLeftOut(checkout, facts));
  // The stack of another environment is beside that of production, and so has another name than the files say.
  const written = environment === "production" ? await writtenProjectName(found) : null;
  return {
    directory,
    stack: session.options.stack ?? written,
    files: projectWorkflows(facts),
    byHand: [...new Set(existing.filter(({ isByHand }) => isByHand).map(({ path }) => path))],
    altered: deployment?.altered ?? [],
    leftOut: leftOut.length > 0 ? { files: leftOut, composeFile: [...facts.files, ...leftOut].join(":") } : null,
    migration: deployment?.migration ? { path: deployment.path, ...deployment.migration } : null,
    settings: settingsByHand(facts),
    unset: unsetVariables(checkout, facts),
    ownDefaults: ownDefaults(checkout, facts),
    profiles: profilesHere(checkout, facts),
    inCheckout: await checkoutWrites(relativeWrites(composeTexts, variablesOf(checkout, facts)), found.directory),
    outOfGit: await filesOutOfGit(needed, found.directory),
    droppedSteps: (deployment?.droppedSteps ?? []).map((step) => ({ path, ...step })),
    untaken: (deployment?.untaken ?? []).map((line) => ({ path, line })),
  };
}

/**
 * The checkout around a project: GitHub looks for workflows at its root and nowhere else, and their commands start there.
 * Without Git the directory of the call, or that of a compose file above it.
 */
async function rootOf(from: string, project: string): Promise<string> {
  return checkoutOf(relative(project, from).startsWith("..") ? from : project);
}

/** @throws SluiceError USAGE where commands at the root of the checkout would read another configuration than this call */
async function assertSameConfig(
  options: DeployerOptions,
  atRoot: Pick<DeployerOptions, "directory" | "files">,
): Promise<void> {
  if (options.configFile !== undefined) return;
  const [{ path: here }, { path: there }] = await Promise.all([
    configFileOf(options),
    configFileOf({ ...options, ...atRoot }),
  ]);
  if (here === there) return;
  throw new SluiceError("USAGE", `workflows start at ${atRoot.directory} and would read ${there}, not ${here}`, {
    hint: "move one of them: the file at the root is read first, else the one beside the compose file",
  });
}

/** The configuration that commands in the workflows are to use. An environment that was named has to be in it. */
async function readSettings(
  session: Session,
  environment: string,
): Promise<{ readonly config: Config; readonly isConfigured: boolean }> {
  const { options } = session;
  const isConfigured = options.environment !== undefined || (await loadEnvironmentNames(options)).includes(environment);
  return {
    config: isConfigured ? await loadConfig({ ...options, environment }) : await session.config(),
    isConfigured,
  };
}

/** Texts of the workflows of the checkout that a directory is in. */
export async function readWorkflowFiles(directory: string): Promise<readonly WorkflowFile[]> {
  return readYamlFiles(await checkoutOf(directory), workflowDirectory);
}

/** Files that git has, or is told to keep there once it gets them. */
async function hasLfs(root: string): Promise<boolean> {
  const isTold = /\bfilter=lfs\b/.test(await readOrEmpty(join(root, ".gitattributes")));
  return isTold || hasLfsFiles(root);
}

function hasDatabaseImage(text: string): boolean {
  return [...text.matchAll(/^\s+image:\s*["']?([^\s"'#]+)/gm)].some(
    ([, image = ""]) => inferDatabaseKind(image) !== null,
  );
}

async function readYamlFiles(directory: string, under: string): Promise<readonly WorkflowFile[]> {
  const names = await readdir(join(directory, under)).catch(() => []);
  const yaml = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Promise.all(
    yaml.map(async (name) => {
      const path = under === "." ? name : `${under}/${name}`;
      return { path, text: await readOrEmpty(join(directory, path)) };
    }),
  );
}

/** `isOwn` where git does not have it. */
async function readEnvFile(path: string): Promise<{ readonly text: string; readonly isOwn: boolean }> {
  const text = await readOrEmpty(path);
  return { text, isOwn: text !== "" && (await isTracked(path)) === false };
}

function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
