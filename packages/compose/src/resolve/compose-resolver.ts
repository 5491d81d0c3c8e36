import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type ComposeModel,
  type Config,
  createRedactor,
  defaultConfig,
  type Finding,
  isSluiceError,
  type Redact,
  type ResolvedProject,
  SluiceError,
  type SourcePosition,
  unwatchedFindings,
} from "@sluice/core";
import { secretValues, secretVariables } from "../bundle-files/secret-values.ts";
import { runCompose } from "../compose-cli/run.ts";
import { withCheckout } from "../model/checkout.ts";
import { platformVariable, withDefaultPlatform } from "../model/default-platform.ts";
import { variablesOfObjects, withEnvFileValues } from "../model/env-file-values.ts";
import { withLabelPrefixes } from "../model/proxy-labels.ts";
import { addressFindings } from "../roles/address-elsewhere.ts";
import { classifyServices } from "../roles/classify-services.ts";
import { oneClientFindings } from "../roles/one-client.ts";
import { serviceFacts } from "../roles/service-facts.ts";
import { serviceFindings } from "../roles/service-findings.ts";
import { hashOf } from "./canonical-json.ts";
import { complaint, composeError } from "./compose-errors.ts";
import { assertServices, needsMore } from "./configured-services.ts";
import { envFileVariables } from "./env-file-variables.ts";
import { filledIn, type Mentions, readMentions } from "./filled-in.ts";
import { migrationJob } from "./migration-job.ts";
import { missingFileFindings, missingFiles } from "./missing-files.ts";
import { missingVariableFindings } from "./missing-variables.ts";
import { positionOf } from "./positions.ts";
import { checkoutOf, findProjectFiles, type ProjectFiles, type ProjectPlace, placeOptions } from "./project-files.ts";
import { projectName } from "./project-name.ts";
import { readProject } from "./read-project.ts";
import { sharedFileFindings } from "./shared-files.ts";
import { readEnvSources, readSources, type SourceFile, writtenServices } from "./source-files.ts";
import { sqlFileFindings } from "./sql-files.ts";
import { withoutBuildSsh } from "./ssh-keys.ts";
import { unreadServices } from "./unread-services.ts";
import { composeWarnings } from "./variables.ts";

export interface ComposeResolverOptions {
  /** What Compose sees; the whole of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ResolveRequest extends ProjectPlace {
  /** Project name; default as Compose names it (COMPOSE_PROJECT_NAME, `name:`, the directory). */
  readonly stack?: string | undefined;
  /** As `--profile`. */
  readonly profiles?: readonly string[] | undefined;
  /** Still being read, if need be: Compose does not wait for it. */
  readonly config?: Config | Promise<Config> | undefined;
  /** Where a setting of the configuration is written, for messages. */
  readonly positionInConfig?: ((path: readonly string[]) => Promise<SourcePosition | undefined>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ComposeResolver {
  /**
   * Resolves a project as Compose does, and decides what each service is. Needs the docker command line, but no engine.
   *
   * @throws SluiceError COMPOSE_INVALID with the place of the mistake, COMPOSE_MISSING, CONFIG_INVALID when the
   * configuration names a service that is not there, or one to migrate in that cannot do so
   */
  resolve(request: ResolveRequest): Promise<ResolvedProject>;
  /**
   * What Compose calls the project, also where it does not accept it for want of a variable; `null` where Compose cannot read
   * the files, and where their name is made of variables.
   *
   * @throws SluiceError COMPOSE_MISSING
   */
  name(request: ResolveRequest): Promise<string | null>;
}

export function createComposeResolver({ env }: ComposeResolverOptions): ComposeResolver {
  return {
    name: (request) => projectName(request, { env }),
    async resolve({
      stack,
      directory,
      files = [],
      envFiles = [],
      projectDirectory,
      profiles = [],
      config: configured = defaultConfig(),
      positionInConfig,
      signal,
    }) {
      const options = [
        ...(stack === undefined ? [] : ["--project-name", stack]),
        ...placeOptions({ files, envFiles, projectDirectory }),
      ];
      const compose = (...args: string[]) => runCompose({ args: [...options, ...args], env, cwd: directory, signal });
      const composeWith = async (file: string, ...args: string[]) => {
        // As soon as one file is named, Compose looks for no other.
        const found = files.length > 0 ? [] : (await finding).files.flatMap((path) => ["--file", path]);
        const all = [...options, ...found, "--file", "-", ...args];
        return runCompose({ args: all, env, cwd: directory, stdin: file, signal });
      };
      const askFiles = (names: readonly string[], { directory: home }: ProjectFiles, paths: readonly string[]) => {
        const set = paths.flatMap((file) => ["--env-file", file]);
        const args = [...set, "-p", "ask", "--project-directory", home, "-f", "-", "config", "--format", "json"];
        const unset = names.filter((name) => env[name] === undefined);
        return envFileVariables(unset, (file) => runCompose({ args, env, cwd: directory, stdin: file, signal }));
      };
      const ofProject = (read: ComposeModel, place: ProjectFiles, { written: mentioned }: Mentions) => {
        const own = platformVariable in mentioned ? [platformVariable] : [];
        return askFiles([...variablesOfObjects(read), ...own], place, envFiles);
      };
      const ofIncludes = (read: ComposeModel, place: ProjectFiles, { included }: Mentions) =>
        Promise.all(
          included.map(async ({ secrets, configs, envFiles: paths }) => {
            const names = paths.length > 0 ? variablesOfObjects(read, { secrets, configs }) : [];
            return { secrets, configs, values: await askFiles(names, place, paths) };
          }),
        );
      const finding = findProjectFiles({ directory, files, envFiles, projectDirectory }, env);
      const [found, mentions, reading, config] = await Promise.all([
        finding,
        finding.then(readMentions),
        readProject({ compose, composeWith, profiles, mentionsProfiles: finding.then(mentionProfiles) }),
        configured,
      ]);
      if ("refused" in reading) throw await refusal(reading.refused, found, env);
      const leftOut = reading.unread === null ? null : await findLeftOut(reading.unread, found, env);
      const read = withCheckout(reading.model, await checkoutOf(found.directory), found.directory);
      const values = await ofProject(read, found, mentions);
      const included = await ofIncludes(read, found, mentions);
      const filled = withDefaultPlatform(withEnvFileValues(read, values, included), values[platformVariable]);
      const written = withLabelPrefixes(filled, config.traffic.proxyLabels);
      const activeNames = new Set(reading.active);
      if (reading.unread !== null && needsMore(written, config)) throw await refusal(reading.unread, found, env);
      const ofFiles = classifyServices(written, config.services);
      const findings = [
        ...serviceFindings(written, ofFiles, config.services, activeNames),
        ...addressFindings(written, ofFiles, { active: activeNames, pool: config.network.pool }),
        ...oneClientFindings(written, ofFiles, { active: activeNames, config }),
      ];
      const job = await positioned(positionInConfig, () => {
        assertServices([...new Set([...Object.keys(written.services), ...namesIn(leftOut?.sources ?? [])])], config);
        return migrationJob(written, ofFiles, config, found.directory);
      });
      const model = job ? withService(written, job.decision.service, job.start) : written;
      // What migrates comes before the jobs that fill what it makes.
      const decisions = job ? [job.decision, ...ofFiles] : ofFiles;
      // It was asked for by name, as `docker compose run` asks for a service whatever its profiles.
      if (job) activeNames.add(job.decision.service);
      const unread = leftOut ? unreadServices(leftOut.sources, written, config) : [];
      const services = [...serviceFacts(model, decisions, config, activeNames), ...unread];
      const unwatched = unwatchedFindings(config, services).map((finding) => ({
        ...finding,
        path: ["services", finding.service ?? ""],
      }));
      const unset = missingVariableFindings({ model, services }, env);
      const shared = sharedFileFindings({ model: written, services });
      const told = [...findings, ...(job?.findings ?? []), ...unwatched, ...unset, ...shared];
      const ofSqlFiles = job?.sqlDirectory
        ? await sqlFileFindings(job.sqlDirectory, found.directory, job.decision.service)
        : [];
      // The files of a job that the configuration makes are looked at by themselves.
      const missing = missingFiles({ model: written, services });
      // Where nothing is said, nobody asks for the place.
      const isSilent = reading.stderr === "" && told.length === 0 && missing.length === 0;
      const sources = isSilent ? [] : await sourcesOf(found);
      return {
        stack: model.name,
        directory: found.directory,
        files: found.files,
        checkout: await checkoutOf(dirname(found.files[0] ?? found.directory)),
        model,
        secrets: secretValues(model, filledIn(mentions, env, model)),
        services,
        modelHash: hashOf(withoutBuildSsh(model)),
        findings: [
          ...composeWarnings(reading.stderr, sources),
          ...(leftOut ? [leftOut.finding] : []),
          ...[...told, ...missingFileFindings(missing, sources)].map(({ path, ...finding }) => ({
            ...finding,
            position: positionOf(sources, path),
          })),
          ...ofSqlFiles,
        ],
      };
    },
  };
}

function namesIn(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap(writtenServices).map(([name]) => name);
}

/** No project tells its secrets yet: they are known by their names alone. */
async function refusal(stderr: string, found: ProjectFiles, env: ComposeResolverOptions["env"]): Promise<SluiceError> {
  const sources = await sourcesOf(found);
  return composeError(stderr, sources, redactorOf(sources, env));
}

function redactorOf(sources: readonly SourceFile[], env: ComposeResolverOptions["env"]): Redact {
  const texts = sources.map(({ text }) => text);
  return createRedactor(secretVariables(env, texts));
}

/** That Compose does not accept services of profiles that are not active: what it says of them, and where they are written. */
async function findLeftOut(
  stderr: string,
  found: ProjectFiles,
  env: ComposeResolverOptions["env"],
): Promise<{ readonly finding: Finding; readonly sources: readonly SourceFile[] }> {
  const sources = await sourcesOf(found);
  const { message, hint, position } = complaint(stderr, sources, redactorOf(sources, env));
  const finding: Finding = {
    severity: "info",
    code: "profile-not-readable",
    message: `services of profiles that are not active are left out, as Compose does not accept them: ${message}`,
    hint: hint ?? "`docker compose --profile '*' config` says so; no deployment starts them",
    position,
  };
  return { finding, sources };
}

async function mentionProfiles({ files }: ProjectFiles): Promise<boolean> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.some((text) => text.includes("profiles"));
}

async function sourcesOf({ files, envFiles }: ProjectFiles): Promise<readonly SourceFile[]> {
  const sources = await readSources(files);
  return [...sources, ...(await readEnvSources(sources, envFiles))];
}

function withService(model: ComposeModel, name: string, service: ComposeModel["services"][string]): ComposeModel {
  return { ...model, services: { ...model.services, [name]: service } };
}

/** A mistake in the configuration says itself which setting it is about, and gets the place where that is written. */
async function positioned<T>(positionInConfig: ResolveRequest["positionInConfig"], check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "CONFIG_INVALID") throw error;
    const { message, hint, detail } = error;
    const path = message.slice(0, message.indexOf(": ")).split(".");
    const position = await positionInConfig?.(path);
    throw new SluiceError("CONFIG_INVALID", message, { hint, detail, position, cause: error });
  }
}
