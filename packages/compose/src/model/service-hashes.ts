import { type ComposeModel, SluiceError } from "@sluice/core";
import { runCompose } from "../compose-cli/run.ts";

export interface HashOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * For each service, the values of the label `com.docker.compose.config-hash` that a container made from this model can
 * bear: Compose versions differ in whether `depends_on` counts, and `up --no-deps` drops it.
 *
 * @throws SluiceError COMPOSE_FAILED, COMPOSE_MISSING
 */
export async function serviceHashes(
  model: ComposeModel,
  options: HashOptions,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const services = Object.entries(model.services).map(
    ([name, { depends_on: _dependsOn, ...rest }]) => [name, rest] as const,
  );
  const [whole, alone] = await Promise.all([
    hashes(model, options),
    hashes({ ...model, services: Object.fromEntries(services) }, options),
  ]);
  return Object.fromEntries([...whole].map(([name, hash]) => [name, [...new Set([hash, alone.get(name) ?? hash])]]));
}

async function hashes(model: ComposeModel, { env, cwd, signal }: HashOptions): Promise<ReadonlyMap<string, string>> {
  const { exitCode, stdout, stderr } = await runCompose({
    // Neither a directory nor its `.env` may have a say: the model is resolved.
    args: [
      "--project-name",
      model.name,
      "--project-directory",
      "/",
      "--env-file",
      "/dev/null",
      "--file",
      "-",
      "--profile",
      "*",
      "config",
      "--hash",
      "*",
    ],
    stdin: JSON.stringify(model),
    env,
    cwd,
    signal,
  });
  if (exitCode !== 0) {
    throw new SluiceError("COMPOSE_FAILED", `docker compose config --hash ended with exit code ${exitCode}`, {
      detail: stderr.trim().split("\n").slice(-10).join("\n"),
    });
  }
  return new Map(
    stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([name, hash]) => (name && hash ? [[name, hash] as const] : [])),
  );
}
