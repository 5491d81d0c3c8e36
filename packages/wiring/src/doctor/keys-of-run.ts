import { createComposeResolver, environmentFingerprint } from "@sluice/compose";
import { readWorkflowRun } from "@sluice/core";
import { isRunOfRelease } from "@sluice/release";
import { runVariables } from "@sluice/workflows";
import { resolveProject } from "../project/resolve-project.ts";
import type { Session } from "../session.ts";
import { readWorkflowFiles } from "../workflows.ts";

type Hashes = Readonly<Record<string, string>>;

/**
 * Of a job of GitHub Actions that does not deploy: variables of services, by `service.NAME`, that come of what only a job has which
 * does, see `runVariables`. They are those that are others once it is another, wherever in the files it is used.
 *
 * @param here keyed hashes of the project as it is resolved in this job; all of them are named where that cannot be told
 */
export async function keysOfRun(
  { options, config }: Pick<Session, "options" | "config">,
  { here, hashKey }: { readonly here: Hashes; readonly hashKey: string | Uint8Array },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { env, environment = "production" } = options;
  if (!readWorkflowRun(env).isStep || isRunOfRelease(env)) return new Set();
  const names = runVariables(await readWorkflowFiles(options.directory), environment, env);
  if (names.length === 0) return new Set();
  // A digit more is another port, tag or text, and mostly as good a one.
  const others = Object.fromEntries(names.map((name) => [name, `${env[name] ?? ""}0`]));
  const resolver = createComposeResolver({ env: { ...env, ...others } });
  const project = await resolveProject(resolver, options, config(), signal).catch(() => null);
  const there: Hashes = project ? environmentFingerprint(project.model, hashKey) : {};
  return new Set([...Object.keys(here), ...Object.keys(there)].filter((key) => here[key] !== there[key]));
}
