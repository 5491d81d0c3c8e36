import type { ComposeModel } from "@sluice/core";
import type { ComposeRun } from "../compose-cli/run.ts";
import { withModels } from "./ai-models.ts";
import { parseModel } from "./parse-model.ts";
import { isOfSshKeys, type SshKeys, sshKeysIn, withoutSshKeys, withSshKeys } from "./ssh-keys.ts";

export interface ProjectReading {
  readonly model: ComposeModel;
  /** Names of the services of the active profiles. */
  readonly active: ReadonlySet<string>;
  /** With what Compose warns of. */
  readonly stderr: string;
  /** Why Compose does not accept what only inactive profiles have, which then is not in the model; `null` where it is. */
  readonly unread: string | null;
}

export interface ReadRequest {
  /** Runs Compose on the project. */
  readonly compose: (...args: string[]) => Promise<ComposeRun>;
  /** The same with one more file, by its text. */
  readonly composeWith: (file: string, ...args: string[]) => Promise<ComposeRun>;
  /** As `--profile`. */
  readonly profiles: readonly string[];
  /** Whether the files seem to have profiles: it is asked early then which services are active. */
  readonly mentionsProfiles: Promise<boolean>;
}

/**
 * The project with the services of all profiles or, where Compose does not accept those of inactive ones, as `docker compose up`
 * takes it: what is in no active profile is started by nobody here.
 *
 * @returns what Compose says, where it does not accept the project under its active profiles
 * @throws SluiceError COMPOSE_MISSING, COMPOSE_INVALID for what is no model
 */
export async function readProject({
  compose,
  composeWith,
  profiles,
  mentionsProfiles,
}: ReadRequest): Promise<ProjectReading | { readonly refused: string }> {
  const ofUser = profiles.flatMap((profile) => ["--profile", profile]);
  const ofAll = ["--profile", "*"];
  const asJson = ["config", "--format", "json"];
  const asYaml = (options: readonly string[]) => compose(...options, "config");
  const modelOf = async (options: readonly string[], { stdout, keys = {} }: JsonRun) =>
    withSshKeys(await withModels(parseModel(stdout), async () => (await asYaml(options)).stdout), keys);
  const askModel = async (options: readonly string[]): Promise<JsonRun> => {
    const run = await compose(...options, ...asJson);
    if (run.exitCode === 0 || !isOfSshKeys(run.stderr)) return run;
    const keys = sshKeysIn((await asYaml(options)).stdout);
    return { ...(await composeWith(withoutSshKeys(keys), ...options, ...asJson)), keys };
  };
  const askActive = () => compose(...ofUser, "config", "--services");

  // It is asked for at once where something seems to have a profile, which mostly is so.
  const [all, early] = await Promise.all([
    askModel(ofAll),
    mentionsProfiles.then((isSo) => (isSo ? askActive() : null)).catch(() => null),
  ]);
  if (all.exitCode !== 0) {
    const plain = await askModel(ofUser);
    if (plain.exitCode !== 0) return { refused: plain.stderr };
    const model = await modelOf(ofUser, plain);
    return { model, active: new Set(Object.keys(model.services)), stderr: plain.stderr, unread: all.stderr };
  }
  const model = await modelOf(ofAll, all);
  const active = early ?? (hasProfiles(model) ? await askActive() : null);
  if (active && active.exitCode !== 0) return { refused: active.stderr };
  const names = active ? active.stdout.split("\n").filter((name) => name !== "") : Object.keys(model.services);
  return { model, active: new Set(names), stderr: all.stderr, unread: null };
}

interface JsonRun extends ComposeRun {
  /** What it was asked for without. Default: all is there. */
  readonly keys?: SshKeys;
}

function hasProfiles({ services }: ComposeModel): boolean {
  return Object.values(services).some(({ profiles = [] }) => profiles.length > 0);
}
