import { type CallOptions, type ComposeModel, type ErrorCode, SluiceError } from "@sluice/core";
import { runCompose } from "../compose-cli/run.ts";
import { defaultPlatform } from "../model/default-platform.ts";
import { envFileValues } from "../model/env-file-values.ts";
import type { Engine } from "./engine.ts";
import { unreachableByCompose } from "./errors.ts";

export interface ComposeModelOptions extends CallOptions {
  /** What the message begins with when Compose fails: `service db cannot be created`. */
  readonly failed: string;
  readonly code?: ErrorCode | undefined;
  readonly source?: string | undefined;
  readonly niceness?: number | undefined;
  /** Where relative paths of the model start from; default the root, for a model that has none. */
  readonly directory?: string | undefined;
}

/**
 * Runs `docker compose` on a resolved model, which goes through standard input: it holds secrets. Nothing of the
 * directory or of `.env` files is read again. Resolves with the standard output.
 *
 * @throws SluiceError ENGINE_UNREACHABLE; COMPOSE_FAILED (or `code`) with the end of Compose's output as detail
 */
export async function composeModel(
  engine: Engine,
  model: ComposeModel,
  args: readonly string[],
  { failed, code = "COMPOSE_FAILED", source, niceness, directory = "/", signal, onOutput }: ComposeModelOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCompose({
    args: [
      "-p",
      model.name,
      "--project-directory",
      directory,
      "--env-file",
      "/dev/null",
      "--profile",
      "*",
      "-f",
      "-",
      ...args,
    ],
    // A model may be a part of what a project has: what it does not name is no orphan. Compose refuses both variables at once.
    env: {
      ...envFileValues(model),
      ...defaultPlatform(model),
      ...engine.env,
      COMPOSE_IGNORE_ORPHANS: "1",
      COMPOSE_REMOVE_ORPHANS: undefined,
    },
    cwd: "/",
    stdin: JSON.stringify(model),
    redact: engine.redact,
    signal,
    onOutput,
    source,
    niceness,
  });
  if (exitCode === 0) return stdout;
  const output = engine.redact(`${stdout}${stderr}`.trim());
  const lines = output.split("\n");
  const [last = "", detail] = [lines.at(-1), lines.slice(-50).join("\n")];
  const unreachable = unreachableByCompose(last, detail);
  if (unreachable) throw unreachable;
  throw new SluiceError(code, `${failed}: ${last} (docker compose ${args[0]} ended with ${exitCode})`, { detail });
}

/** Whether Compose or the engine said that a subnet was taken by somebody else meanwhile. */
export function isOverlap(error: unknown): boolean {
  const { message = "", detail = "" } = error as { message?: string; detail?: string };
  return /pool overlaps|address space|subnet .* overlaps/i.test(`${message}\n${detail}`);
}
