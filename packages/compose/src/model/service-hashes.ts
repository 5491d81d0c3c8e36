import { type ComposeModel, SluiceError } from "@sluice/core";
import { type MemoHolder, remembered } from "../compose-cli/memo.ts";
import { runCompose } from "../compose-cli/run.ts";
import { platformVariable } from "./default-platform.ts";

export interface HashOptions extends MemoHolder {
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether services may use what the model does not define. Default: Compose refuses that. */
  readonly isInconsistent?: boolean | undefined;
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

async function hashes(model: ComposeModel, options: HashOptions): Promise<ReadonlyMap<string, string>> {
  const stdin = JSON.stringify(model);
  // Compose counts that of the environment in the hash of what is built and says no platform.
  const loosely = options.isInconsistent === true ? " --no-consistency" : "";
  const question = `config --no-normalize${loosely} --hash for ${options.env[platformVariable] ?? "any platform"}`;
  const listing = await remembered(options, question, stdin, () => askHashes(model.name, stdin, options));
  return new Map(
    listing
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([name, hash]) => (name && hash ? [[name, hash] as const] : [])),
  );
}

async function askHashes(
  project: string,
  stdin: string,
  { env, cwd, signal, isInconsistent }: HashOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCompose({
    // Neither a directory nor its `.env` may have a say: the model is resolved. Normalized again, it would get back what a
    // container is made without: a `depends_on` for each link.
    args: [
      "--project-name",
      project,
      "--project-directory",
      "/",
      "--env-file",
      "/dev/null",
      "--file",
      "-",
      "--profile",
      "*",
      "config",
      "--no-normalize",
      ...(isInconsistent === true ? ["--no-consistency"] : []),
      "--hash",
      "*",
    ],
    stdin,
    env,
    cwd,
    signal,
  });
  if (exitCode !== 0) {
    throw new SluiceError("COMPOSE_FAILED", `docker compose config --hash ended with exit code ${exitCode}`, {
      detail: stderr.trim().split("\n").slice(-10).join("\n"),
    });
  }
  return stdout;
}
