import { EVENT_VERSION } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import type { Renderer } from "./renderer.ts";

/** NDJSON: exactly the typed events. Sentences for people go to the standard error. */
export function createJsonRenderer({ stdout, stderr }: Pick<CommandContext, "stdout" | "stderr">): Renderer {
  return {
    onEvent: (event) => stdout.write(`${JSON.stringify(event)}\n`),
    note: (text) => stderr.write(`${text}\n`),
    end: () => {},
  };
}

/** The one object of a command that is not a deployment. */
export function writeJson({ stdout }: Pick<CommandContext, "stdout">, value: object): void {
  stdout.write(`${JSON.stringify({ v: EVENT_VERSION, ...value })}\n`);
}
