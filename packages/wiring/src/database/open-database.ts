import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import {
  type DatabaseConfig,
  defaultDatabase,
  inactiveText,
  type ObservedContainer,
  type ObservedStack,
  type RehearsedFiles,
  type ServiceFacts,
  SluiceError,
} from "@sluice/core";
import {
  type BackupPorts,
  type BackupStore,
  createDirectoryStore,
  createS3Store,
  type DatabaseDriver,
  type DatabaseId,
  isOfDatabase,
  isOfHomes,
  type Manifest,
  ofStack,
} from "@sluice/database";
import { ownHomes } from "../home/own-homes.ts";
import { stateHomeOf } from "../project/locations.ts";
import type { Session } from "../session.ts";
import { servingNow } from "../status/find-serving.ts";
import { createDriver } from "./create-driver.ts";
import type { DatabaseCall } from "./database-operations.ts";
import { fileMount } from "./file-mount.ts";
import { findDatabase } from "./find-database.ts";
import { openCipher } from "./open-cipher.ts";
import { openResticStore } from "./restic-store.ts";
import { s3Credentials } from "./s3-credentials.ts";

/** The database of a stack, its container found, with everything that its backups need. */
export interface OpenDatabase extends DatabaseId {
  readonly ports: BackupPorts;
  readonly container: ObservedContainer;
  readonly settings: DatabaseConfig;
  /** Where it is, if it is in a file on a volume. */
  readonly files: RehearsedFiles | null;
  /** The stack as it was found. */
  readonly observed: ObservedStack;
  /** Id of the release that serves now. */
  readonly release: string | null;
}

/** The section `database:`, or what it means without a word. @throws SluiceError CONFIG_INVALID */
export async function databaseSettings(session: Session): Promise<DatabaseConfig> {
  return (await session.config()).database ?? defaultDatabase();
}

/**
 * Where backups lie: the bucket or directory of the configuration, else `backups/` in the state home; those of this stack.
 * Opens nothing yet.
 *
 * @throws SluiceError CONFIG_INVALID
 */
export async function openStore(session: Session): Promise<BackupStore> {
  const [{ store }, stack] = await Promise.all([databaseSettings(session), session.stack()]);
  return ofStack(openPlace(session, store, stack), stack);
}

/** Of one database of this stack, oldest first; none that was taken from another state home, whose stack has the same name. */
export async function backupsOf(
  session: Session,
  database: DatabaseId,
  signal?: AbortSignal,
): Promise<readonly Manifest[]> {
  const [{ backups }, homes] = await Promise.all([(await openStore(session)).list(signal), ownHomes(session)]);
  return backups.filter((backup) => isOfDatabase(backup, database) && isOfHomes(backup, homes));
}

function openPlace(
  { options, clock }: Session,
  { restic, s3, directory }: DatabaseConfig["store"],
  stack: string,
): BackupStore {
  if (restic) return openResticStore(restic, options, stack, clock);
  if (s3) return createS3Store({ ...s3, credentials: s3Credentials(options.env) }, clock);
  const path = directory ? resolve(options.directory, directory) : join(stateHomeOf(options, stack), "backups");
  return createDirectoryStore({ directory: path }, clock);
}

/**
 * The project's database as it runs, with all that is needed to back it up and to put it back. The key of an encrypted
 * backup is read when it is needed: BACKUP_KEY_WRONG comes from what reads one.
 *
 * @throws SluiceError DATABASE_UNKNOWN, DATABASE_UNREACHABLE (its container does not run), CONFIG_INVALID (its kind lacks
 *   something)
 */
export async function openDatabase(
  session: Session,
  { onProgress, onFinding }: DatabaseCall,
  signal?: AbortSignal,
): Promise<OpenDatabase> {
  const [settings, project, ports] = await Promise.all([
    databaseSettings(session),
    session.project(signal),
    session.ports(),
  ]);
  const found = findDatabase(settings, project.services, project.model);
  const start = project.model.services[found.service] ?? {};
  const files = settings.file === undefined ? null : fileMount(start, settings.file);
  const driverOf = (container: string) =>
    createDriver(session, { ...found, container, stack: project.stack, settings, start, files }, signal);
  // What is found out in the container takes as long as all the rest, and which one it is is mostly known at once.
  const [early, observed, bundles] = await Promise.all([
    earlyDriver(session.runtime().runningOf(project.stack, found.service, signal), driverOf),
    ports.observer.observe(project, signal),
    ports.bundles.list(),
  ]);
  const container = runningContainer(found.service, observed, project.services);
  const driver = early?.container === container.id ? early.driver : await driverOf(container.id);
  return {
    ...found,
    name: driver.database,
    settings,
    container,
    files,
    observed,
    release: (await servingNow(session, { observed, bundles }, signal))?.release ?? null,
    ports: {
      driver,
      store: await openStore(session),
      clock: session.clock,
      cipher: openCipher(settings, session.options.directory),
      randomId: () => randomBytes(4).toString("hex"),
      stack: project.stack,
      homes: await ownHomes(session),
      service: found.service,
      services: Object.keys(project.model.services),
      onProgress,
      onFinding,
    },
  };
}

/** The driver of the only container that runs a service; `null` where that is not so, or something is wrong with it. */
async function earlyDriver(
  running: Promise<readonly string[]>,
  driverOf: (container: string) => Promise<DatabaseDriver>,
): Promise<{ readonly container: string; readonly driver: DatabaseDriver } | null> {
  try {
    const [container, other] = await running;
    return container === undefined || other !== undefined ? null : { container, driver: await driverOf(container) };
  } catch {
    return null;
  }
}

/** A database in a file is one of a service that may be anywhere. */
export function containersOf({ base, slots, plain }: ObservedStack, service: string): readonly ObservedContainer[] {
  const elsewhere = [...Object.values(slots).flatMap(({ containers }) => containers), ...plain];
  return [...(base[service]?.containers ?? []), ...elsewhere.filter((container) => container.service === service)];
}

/**
 * The container that the database of a service is reached through. Pure. What is under no active profile is not looked for in base.
 *
 * @param services of the project
 * @throws SluiceError DATABASE_UNREACHABLE
 */
export function runningContainer(
  service: string,
  observed: ObservedStack,
  services: readonly ServiceFacts[],
): ObservedContainer {
  const found = containersOf(observed, service).find(({ state }) => state === "running");
  if (found) return found;
  const { inactiveProfiles } = services.find(({ name }) => name === service) ?? {};
  if (inactiveProfiles) {
    const { under, hint } = inactiveText(inactiveProfiles);
    const message = `${service} is ${under}: its database is reached through it`;
    throw new SluiceError("DATABASE_UNREACHABLE", message, { hint });
  }
  throw new SluiceError("DATABASE_UNREACHABLE", `${service} does not run: its database is reached through it`, {
    hint: startHint(service, observed),
  });
}

/** What starts a database. Plain Compose, asked as the checkout is, may start another stack's. Pure. */
export function startHint(service: string, { base }: Pick<ObservedStack, "base">): string {
  const down = base[service]?.containers ?? [];
  const names = down.map(({ name }) => name).join(" ");
  const isPaused = down.some(({ state }) => state === "paused");
  return names === "" ? "sluice deploy brings it back" : `docker ${isPaused ? "unpause" : "start"} ${names}`;
}
