import { randomBytes } from "node:crypto";
import type { ComposeRun } from "../compose-cli/run.ts";
import { unescapeDollars } from "../model/dollars.ts";

/**
 * What Compose takes from its env files for variables that the environment does not have. It reads them itself: quotes, and
 * variables in values, mean there what they mean to Compose alone.
 *
 * @param ask runs Compose where it runs for the project, with its env files, and a file on standard input
 * @returns those that are set
 */
export async function envFileVariables(
  wanted: readonly string[],
  ask: (file: string) => Promise<ComposeRun>,
): Promise<Readonly<Record<string, string>>> {
  // In a file only these can be asked for; `environment: a.b` is one that only an environment can have.
  const names = wanted.filter((name) => /^[A-Za-z_]\w*$/.test(name));
  if (names.length === 0) return {};
  // What is not set and what is empty look alike, but for this.
  const unset = randomBytes(16).toString("hex");
  const environment = Object.fromEntries(names.map((name, index) => [`V${index}`, `\${${name}-${unset}}`]));
  const { exitCode, stdout } = await ask(JSON.stringify({ services: { ask: { image: "none", environment } } }));
  if (exitCode !== 0) return {};
  const { services } = JSON.parse(stdout) as { services: { ask: { environment: Readonly<Record<string, string>> } } };
  const values = names.map((name, index) => [name, services.ask.environment[`V${index}`] ?? unset] as const);
  return Object.fromEntries(
    values.filter(([, value]) => value !== unset).map(([name, value]) => [name, unescapeDollars(value)]),
  );
}
