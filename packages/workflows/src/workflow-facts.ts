import { posix } from "node:path";
import { parseEnv } from "node:util";
import type {
  MigrationService,
  MigrationStep,
  WorkflowEnvironment,
  WorkflowFacts,
  WorkflowFile,
  WorkflowVariable,
} from "./facts.ts";
import { type GithubUse, tokenNames } from "./github-rights.ts";
import { type JobMinutes, usualMinutes } from "./job-minutes.ts";
import { migrationPath } from "./migration-file.ts";
import { overriddenDefaults } from "./overridden-defaults.ts";
import { type ProfileSources, profilesToSet, profilesVariable } from "./profiles.ts";
import { type ExistingDeployment, existingDeployments, writtenAnew } from "./read-existing.ts";
import { schedulesOf } from "./schedules.ts";
import { settingsOf } from "./settings.ts";
import { parseTrees, treeOf } from "./tree.ts";
import {
  idleServices,
  neededVariables,
  secretOf,
  usesVariable,
  type VariableSources,
  variablesLeftUnset,
} from "./variables.ts";

/** What lies in a checkout, as far as workflows depend on it. */
export interface CheckoutTexts {
  /** Compose files that Compose itself would take, or that were named, relative to the checkout. */
  readonly composeFiles: readonly WorkflowFile[];
  /** Were they named? Otherwise what an existing workflow names wins. */
  readonly filesAreNamed: boolean;
  /** Every compose file of the checkout that an existing workflow may name. */
  readonly read: (path: string) => string | null;
  /** Text of `.env` as a checkout of others has it; `""` where there is none, or git does not have it. */
  readonly envFileText: string;
  /** Where profiles are made active here, see `profilesHere`. Default: none is. */
  readonly profiles?: ProfileSources | undefined;
  /** Text of `.env` where git does not have it, so that people can be told what of it a runner has not. Default: there is none. */
  readonly ownEnvText?: string | undefined;
  readonly workflows: readonly WorkflowFile[];
  readonly hasDatabase: boolean;
  /** There is a `.gitmodules`. */
  readonly hasSubmodules: boolean;
  /** Files of the commit are kept in Git LFS. Default: none is. */
  readonly hasLfs?: boolean | undefined;
  /** Variables that the configuration refers to, so that people can be told, or a check can log in. */
  readonly configVariables: readonly string[];
  /** Service that the configuration migrates in, whatever its profiles. Default: none. */
  readonly migratesIn?: string | undefined;
  /** What the configuration may need. Default: the usual. */
  readonly minutes?: JobMinutes | undefined;
  /** Of the windows, IANA name. */
  readonly timezone: string;
  readonly environment: WorkflowEnvironment;
  /** `github:` of the configuration. */
  readonly github: GithubUse;
}

/** Puts together what the checkout says. An existing deployment by hand is the best witness of what production needs. */
export function workflowFacts(checkout: CheckoutTexts): WorkflowFacts {
  const { environment } = checkout;
  const [existing] = deploymentsOf(checkout);
  const files = filesOf(checkout, existing);
  const sources = sourcesOf(checkout, files, existing);
  const needed = [
    ...neededVariables(sources),
    // The runner of one that deploys already may have values of its own, which no secret is to be put over.
    ...(existing === undefined ? ownValues(checkout, sources) : []),
    ...variablesOfConfig(checkout),
    ...profilesOf(checkout, files, existing),
  ];
  const runsOn = existing?.runsOn ?? [];
  return {
    files,
    variables: merged(withoutToken(existingVariables(existing), checkout.github), needed, environment.name),
    releaseVariables: withoutToken(alteredVariables(existing, "inDeployment"), checkout.github),
    migration: existing?.migration ? migrationOf(existing.migration, files, checkout) : null,
    // A hosted runner has no engine with the stack on it.
    runsOn: runsOn.includes("self-hosted") ? runsOn : ["self-hosted", environment.name],
    hasDatabase: checkout.hasDatabase,
    schedules: schedulesOf(checkout.workflows, environment.name, checkout.timezone),
    minutes: checkout.minutes ?? usualMinutes,
    hasSubmodules: checkout.hasSubmodules,
    ...withInputs(existing?.checkoutInputs, checkout),
    environment,
    github: checkout.github,
  };
}

function sourcesOf(
  checkout: CheckoutTexts,
  files: readonly string[],
  existing: ExistingDeployment | undefined,
): VariableSources {
  const { environment, envFileText, read, migratesIn } = checkout;
  const set = [...profilesOf(checkout, files, existing), ...(existing?.variables ?? [])];
  const profiles = set.findLast(({ name }) => name === profilesVariable)?.value;
  const composeTexts = files.flatMap((file) => read(file) ?? []);
  const asked = [migratesIn, existing?.migration?.service].filter((name) => name !== undefined);
  return { environment: environment.name, composeTexts, envFileText, profiles, asked };
}

/** They are no secret, and the same for each environment: what is to run differs by what its workflow says. */
function profilesOf(
  checkout: CheckoutTexts,
  files: readonly string[],
  existing: ExistingDeployment | undefined,
): readonly WorkflowVariable[] {
  const found = findProfiles(checkout, files, existing);
  return found?.isSet ? [{ name: profilesVariable, value: found.profiles }] : [];
}

/** Profiles that are active here, and neither by what a checkout on the runner has nor by a workflow that is there. */
export interface ProfilesHere {
  /** As `COMPOSE_PROFILES`. */
  readonly profiles: string;
  /** The workflows set them: where one deploys already, what it deploys without is no mistake, and only `--profile` of the call asks for it. */
  readonly isSet: boolean;
}

function findProfiles(
  { profiles, envFileText, read }: CheckoutTexts,
  files: readonly string[],
  existing: ExistingDeployment | undefined,
): ProfilesHere | null {
  const composeTexts = files.flatMap((file) => read(file) ?? []);
  const here = profiles && profilesToSet(profiles, { composeTexts, envFileText });
  const isAsked = (profiles?.given ?? []).length > 0;
  const says = (variables: readonly { readonly name: string }[] = []) =>
    variables.some(({ name }) => name === profilesVariable);
  if (here === undefined || says(existing?.variables) || (says(existing?.altered) && !isAsked)) return null;
  return { profiles: here, isSet: existing === undefined || isAsked };
}

/** See `ProfilesHere`; `null` where there are none. */
export function profilesHere(checkout: CheckoutTexts, { files }: Pick<WorkflowFacts, "files">): ProfilesHere | null {
  return findProfiles(checkout, files, deploymentsOf(checkout)[0]);
}

/**
 * What a developer has another value of than the default, as secrets: where there is none, its empty text leaves the default. Not what a
 * container would have that text of.
 */
function ownValues(checkout: CheckoutTexts, sources: VariableSources): readonly WorkflowVariable[] {
  const given = variablesLeftUnset(sources);
  return overriddenIn(checkout, sources.composeTexts)
    .filter(({ name, mayBeEmpty }) => mayBeEmpty && !given.includes(name))
    .map(({ name }) => ({ name, value: secretOf(name, checkout.environment.name) }));
}

function overriddenIn({ envFileText, ownEnvText = "" }: CheckoutTexts, composeTexts: readonly string[]) {
  const answered = parseEnv(envFileText);
  return overriddenDefaults(composeTexts, ownEnvText).filter(({ name }) => answered[name] === undefined);
}

/**
 * Variables that have a default in the compose files, and another value in the `.env` of a developer which git does not have, as the
 * workflow that deploys has them: `null` where that leaves the default, as an empty text would not. What a workflow that is there sets
 * somebody has decided.
 */
export function ownDefaults(
  checkout: CheckoutTexts,
  facts: WorkflowFacts,
): readonly { readonly name: string; readonly value: string | null }[] {
  const [existing] = deploymentsOf(checkout);
  const decided = new Set([...(existing?.variables ?? []), ...(existing?.altered ?? [])].map(({ name }) => name));
  const set = new Map([...facts.variables, ...settingsOf(facts)].map(({ name, value }) => [name, value]));
  return overriddenIn(checkout, sourcesOf(checkout, facts.files, existing).composeTexts)
    .filter(({ name }) => !decided.has(name))
    .map(({ name }) => ({ name, value: set.get(name) ?? null }));
}

/** Variables that services are given by their name alone and that no workflow sets, see `variablesLeftUnset`. */
export function unsetVariables(checkout: CheckoutTexts, facts: WorkflowFacts): readonly string[] {
  const set = new Set([...facts.variables, ...facts.releaseVariables, ...settingsOf(facts)].map(({ name }) => name));
  const [existing] = deploymentsOf(checkout);
  return variablesLeftUnset(sourcesOf(checkout, facts.files, existing)).filter((name) => !set.has(name));
}

/** Services that do not run where the workflows deploy, see `idleServices`. */
export function servicesLeftOut(checkout: CheckoutTexts, { files }: WorkflowFacts): ReadonlySet<string> {
  return idleServices(sourcesOf(checkout, files, deploymentsOf(checkout)[0]));
}

/** Where no file seems to have the service, as with `include:`, Compose is to say so of the first one. */
function migrationOf(
  step: MigrationStep,
  files: readonly string[],
  { read }: Pick<CheckoutTexts, "read">,
): MigrationService {
  const has = (file: string) => parseTrees(read(file) ?? "").some(({ services }) => step.service in treeOf(services));
  const those = files.filter((file) => file !== migrationPath && has(file));
  const home = posix.dirname(files[0] ?? "");
  // Compose takes the file of `extends` from the directory of the project, which is that of the first file.
  return { ...step, files: (those.length > 0 ? those : files.slice(0, 1)).map((file) => posix.relative(home, file)) };
}

/** What an existing workflow asks for stays, but that what is built is whole: a deployment of less is refused. */
function withInputs(
  existing: readonly WorkflowVariable[] = [],
  { hasLfs = false, hasSubmodules }: CheckoutTexts,
): Pick<WorkflowFacts, "checkoutInputs"> {
  const isLess = ({ name, value }: WorkflowVariable) =>
    (hasLfs && name === "lfs") || (hasSubmodules && name === "submodules" && value === "false");
  const inputs = [...existing.filter((input) => !isLess(input)), ...(hasLfs ? [{ name: "lfs", value: "true" }] : [])];
  return inputs.length > 0 ? { checkoutInputs: inputs } : {};
}

/** Deployments that the workflows of a checkout make, the best witness first. */
export function deploymentsOf(checkout: CheckoutTexts): readonly ExistingDeployment[] {
  const { workflows, environment, configVariables } = checkout;
  return existingDeployments(workflows, environment.name, (name, files) => {
    const texts = filesOf(checkout, { files }).map((file) => checkout.read(file) ?? "");
    return configVariables.includes(name) || texts.some((text) => usesVariable(text, name));
  });
}

function variablesOfConfig({ configVariables, environment, github }: CheckoutTexts): readonly WorkflowVariable[] {
  const variables = configVariables.map((name) => ({ name, value: secretOf(name, environment.name) }));
  return withoutToken(variables, github);
}

/** The token is for the steps that need it, and not for a whole job. */
function withoutToken(variables: readonly WorkflowVariable[], { token }: GithubUse): readonly WorkflowVariable[] {
  const names = tokenNames(token);
  return variables.filter(({ name }) => !names.includes(name));
}

function existingVariables(existing: ExistingDeployment | undefined): readonly WorkflowVariable[] {
  return [...(existing?.variables ?? []), ...alteredVariables(existing, "inOthers")];
}

function alteredVariables(
  existing: ExistingDeployment | undefined,
  where: "inDeployment" | "inOthers",
): readonly WorkflowVariable[] {
  // One that is written alike everywhere is one of `variables`.
  const own = (existing?.altered ?? []).filter(({ inDeployment, inOthers }) => inDeployment !== inOthers);
  return own.flatMap(({ name, [where]: value }) => (value === null ? [] : { name, value }));
}

function filesOf(checkout: CheckoutTexts, existing: Pick<ExistingDeployment, "files"> | undefined): readonly string[] {
  const named = existing?.files.filter((file) => checkout.read(file) !== null) ?? [];
  if (!checkout.filesAreNamed && named.length > 0) return named;
  const files = checkout.composeFiles.map(({ path }) => path);
  return checkout.filesAreNamed ? files : files.filter((file) => !isOverride(file));
}

/**
 * Files that Compose itself would take, and the workflows do not. Where a deployment by hand names its files, production
 * never had others.
 */
export function leftOutFiles(checkout: CheckoutTexts, { files }: Pick<WorkflowFacts, "files">): readonly string[] {
  const [existing] = deploymentsOf(checkout);
  if (checkout.filesAreNamed || (existing?.isByHand && existing.files.length > 0)) return [];
  return checkout.composeFiles.map(({ path }) => path).filter((path) => isOverride(path) && !files.includes(path));
}

function isOverride(file: string): boolean {
  return /override\.ya?ml$/.test(file);
}

/** Always with the name of the stack; what an existing workflow says of a variable stays. */
function merged(
  existing: readonly WorkflowVariable[],
  needed: readonly WorkflowVariable[],
  environment: string,
): readonly WorkflowVariable[] {
  const all = [{ name: "STACK_NAME", value: secretOf("STACK_NAME", environment) }, ...needed, ...existing];
  const byName = new Map(all.map((variable) => [variable.name, variable]));
  for (const name of writtenAnew) byName.delete(name);
  return [...byName.values()];
}
