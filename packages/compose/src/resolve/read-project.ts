import type { ComposeModel } from "@sluice/core";
import type { ComposeRun } from "../compose-cli/run.ts";
import { withModels } from "./ai-models.ts";
import { parseModel } from "./parse-model.ts";

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
  profiles,
  mentionsProfiles,
}: ReadRequest): Promise<ProjectReading | { readonly refused: string }> {
  const ofUser = profiles.flatMap((profile) => ["--profile", profile]);
  const ofAll = ["--profile", "*"];
  const asJson = ["config", "--format", "json"];
  const modelOf = (options: readonly string[], { stdout }: ComposeRun) =>
    withModels(parseModel(stdout), async () => (await compose(...options, "config")).stdout);
  const askActive = () => compose(...ofUser, "config", "--services");

  // It is asked for at once where something seems to have a profile, which mostly is so.
  const [all, early] = await Promise.all([
    compose(...ofAll, ...asJson),
    mentionsProfiles.then((isSo) => (isSo ? askActive() : null)).catch(() => null),
  ]);
  if (all.exitCode !== 0) {
    const plain = await compose(...ofUser, ...asJson);
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

function hasProfiles({ services }: ComposeModel): boolean {
  return Object.values(services).some(({ profiles = [] }) => profiles.length > 0);
}
