import { findProjectFiles, secretValues } from "@sluice/compose";
import { createEvent, isSluiceError, type ResolvedProject, SluiceError, type StoredRelease } from "@sluice/core";
import { releaseThatServes } from "@sluice/engine";
import type { DeployerOptions, StandIn } from "../deployer.ts";
import { type Once, once } from "../once.ts";
import type { Session } from "../session.ts";
import { loadEnvironmentNames } from "./load-config.ts";
import { configFileOf } from "./locations.ts";
import { isThere, namingHint, withHint } from "./stack-name.ts";

/** A project for what needs no checkout. */
export interface KnownProject {
  readonly project: ResolvedProject;
  /** `null` where the project is what is checked out. */
  readonly standIn: StandIn | null;
  /** Tells, once, that it is not. */
  readonly tell: Once<void, []>;
}

/**
 * What is checked out; where that cannot be resolved, for want of a variable or by a mistake in it, the release that was made
 * live last, as it is stored. Its secrets are masked from then on.
 *
 * @throws SluiceError what keeps the checkout from being resolved, where no release is stored
 */
export async function knownProject(session: Session, signal?: AbortSignal): Promise<KnownProject> {
  try {
    return { project: await session.project(signal), standIn: null, tell: once(() => undefined) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isOfCheckout(error)) throw error;
    // Without it nothing is known of doors and checks: its own mistakes end here.
    await session.config();
    const stored = await releaseThatServes(null, await session.ports());
    if (!stored) throw withHint(error, await nothingStored(session));
    const standIn = standInOf(stored, withHint(error, await environmentHint(session.options)));
    const { finding } = standIn;
    const tell = once(() => session.lastWord.sink(createEvent(session.clock.now(), { type: "finding", finding })));
    return { project: await projectOf(stored, session), standIn, tell };
  }
}

/**
 * The same, for what changes something: that another project is gone by is told.
 *
 * @throws SluiceError USAGE too, where nothing of the project is here: by the defaults of the configuration doors could be made anew
 */
export async function projectOfWayBack(session: Session, signal?: AbortSignal): Promise<ResolvedProject> {
  const { project, standIn, tell } = await session.known(signal);
  if (standIn && !(await isProjectHere(session.options))) {
    const message = `nothing of the project is in ${session.options.directory}: no compose file, and no sluice.yaml`;
    throw new SluiceError("USAGE", message, {
      hint: "run it where the project is checked out (--project-directory), or name its configuration with --config: an empty file where it has none",
    });
  }
  tell();
  return project;
}

/** A variable that is not set, a mistake in a file, or a file that is not there. */
export function isOfCheckout(error: unknown): error is SluiceError {
  return isSluiceError(error) && (error.code === "COMPOSE_INVALID" || error.code === "CONFIG_INVALID");
}

function standInOf({ bundle: { id, tag } }: StoredRelease, error: SluiceError): StandIn {
  const { position, hint } = error;
  const message = `${error.message}; what is stored of ${tag}, which was made live last, is used in its place`;
  return { release: id, tag, finding: { severity: "warn", code: "stored-project", message, hint, position } };
}

async function projectOf({ bundle, model }: StoredRelease, session: Session): Promise<ResolvedProject> {
  return {
    stack: await session.stack(),
    directory: session.options.directory,
    files: [],
    checkout: session.options.directory,
    model,
    secrets: secretValues(model),
    services: bundle.services,
    // Nothing that is built from it could be the same release as another.
    modelHash: "",
    findings: [],
  };
}

/** A shell that lacks variables may lack the name of the environment too. */
async function environmentHint(options: DeployerOptions): Promise<string> {
  const names = options.environment === undefined ? await loadEnvironmentNames(options) : [];
  return names.length > 0 ? `name the environment with --env, where it is one of ${names.join(", ")}` : "";
}

async function nothingStored(session: Session): Promise<string> {
  const [stack, { path }] = await Promise.all([session.stack(), session.home()]);
  const none = `no release of ${stack} is stored in ${path} to go by`;
  return session.options.stack === undefined ? `${none}; ${await namingHint(session.options, stack)}` : none;
}

async function isProjectHere(options: DeployerOptions): Promise<boolean> {
  const [project, { path }] = await Promise.all([findProjectFiles(options, options.env), configFileOf(options)]);
  const there = await Promise.all([path, ...project.files].map(isThere));
  return there.includes(true);
}
