import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { findProjectFiles } from "@sluice/compose";
import type { Config } from "@sluice/core";
import { inferDatabaseKind } from "@sluice/database";
import { existingDeployments, projectWorkflows, type WorkflowFile, workflowFacts } from "@sluice/workflows";
import { configVariables } from "./config-variables.ts";
import type { ProjectWorkflows } from "./deployer.ts";
import { loadConfig, loadEnvironmentNames } from "./load-config.ts";
import type { Session } from "./session.ts";

const workflowDirectory = ".github/workflows";

/** Reads what lies in the checkout, as texts only: on a developer's machine the variables of production are not there. */
export async function readProjectWorkflows(session: Session): Promise<ProjectWorkflows> {
  const { directory, files = [], envFiles = [], env, environment = "production" } = session.options;
  const [found, { config, isConfigured }, workflows, atTop] = await Promise.all([
    findProjectFiles(directory, files, envFiles, env),
    readSettings(session, environment),
    readWorkflowFiles(directory),
    readYamlFiles(directory, "."),
  ]);
  const paths = found.files.map((file) => relative(directory, file));
  const texts = new Map(atTop.map(({ path, text }) => [path, text]));
  for (const path of paths) texts.set(path, await readOrEmpty(join(directory, path)));
  const facts = workflowFacts({
    composeFiles: paths.map((path) => ({ path, text: texts.get(path) ?? "" })),
    filesAreNamed: files.length > 0,
    read: (path) => texts.get(path) ?? null,
    envFileText: await readOrEmpty(join(directory, ".env")),
    workflows,
    configVariables: configVariables(config),
    environment: {
      name: environment,
      isConfigured,
      onGithub: config.github.environment ?? environment,
      takesPrereleases: config.releases.allowPrerelease,
    },
    github: config.github,
    hasDatabase: config.database !== undefined || [...texts.values()].some(hasDatabaseImage),
  });
  const written = projectWorkflows(facts);
  const names = new Set(written.map(({ path }) => path));
  const byHand = existingDeployments(workflows, environment).filter(
    ({ isByHand, path }) => isByHand && !names.has(path),
  );
  return { files: written, byHand: [...new Set(byHand.map(({ path }) => path))] };
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

/** Texts of the workflows of a checkout. */
export function readWorkflowFiles(directory: string): Promise<readonly WorkflowFile[]> {
  return readYamlFiles(directory, workflowDirectory);
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

function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
