import { access, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ComposeResolver } from "@sluice/compose";
import { type Clock, SluiceError } from "@sluice/core";
import { openStateHome } from "@sluice/journal";
import type { DeployerOptions } from "../deployer.ts";
import { stateHomeOf } from "./locations.ts";

/**
 * The name of a stack whose project cannot be resolved: what Compose calls it, for which it need not accept it; where Compose
 * cannot tell, that of the state home that was named. It is never guessed.
 *
 * @param refused why the project cannot be resolved
 * @throws SluiceError that error, with the names there are, where none of both tells
 */
export async function nameWithoutProject(
  options: DeployerOptions,
  resolver: ComposeResolver,
  clock: Clock,
  refused: SluiceError,
): Promise<string> {
  const name = (await resolver.name(options)) ?? (await stackOfHome(options, clock));
  if (name !== null) return name;
  throw withHint(refused, await namingHint(options));
}

/** How to name another stack than is meant by itself. @param but the one that is meant, of which nothing is stored */
export async function namingHint(options: DeployerOptions, but?: string): Promise<string> {
  const stacks = (await stacksWithHome(options)).filter((stack) => stack !== but);
  const known = stacks.length > 0 ? ` (state is kept here of ${stacks.join(", ")})` : "";
  return `to go by what is stored of a stack, name it with --project-name${known}`;
}

/** The same error, which says more of what to do. */
export function withHint(error: SluiceError, more: string): SluiceError {
  const { code, message, detail, position, retryable, cause } = error;
  const hint = [error.hint, more].filter(Boolean).join("; ");
  return new SluiceError(code, message, { hint, detail, position, retryable, cause });
}

async function stackOfHome(options: DeployerOptions, clock: Clock): Promise<string | null> {
  if (!options.stateHome) return null;
  try {
    await using home = await openStateHome(stateHomeOf(options, ""), { clock, create: false });
    return home.stack;
  } catch {
    // There is none, or none that can be used: whoever needs it is told so.
    return null;
  }
}

/** By the directories beside the one that a stack would have. */
async function stacksWithHome(options: DeployerOptions): Promise<readonly string[]> {
  if (options.stateHome) return [];
  try {
    const parent = dirname(stateHomeOf(options, "any"));
    const names = await readdir(parent);
    const there = await Promise.all(names.map((name) => isThere(join(parent, name, "home.json"))));
    return names.filter((_, index) => there[index]).toSorted();
  } catch {
    // What there is cannot be read, or nothing is: it is a word in a hint.
    return [];
  }
}

/** Also what may not be looked at is not there, for whoever asks. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
