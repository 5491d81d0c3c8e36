import { shellWord } from "@sluice/core";
import type { CommonFlags } from "./context.ts";

/** The first words of commands. */
export const commandNames = [
  "deploy",
  "plan",
  "rollback",
  "resume",
  "abort",
  "doctor",
  "status",
  "ps",
  "logs",
  "verify",
  "traffic",
  "history",
  "window",
  "report",
  "init",
  "release",
  "audit",
  "outbox",
  "state",
  "db",
  "prune",
  "announce",
  "completion",
] as const;

/**
 * The options of a call that say which stack is meant, and by which settings, for the commands that are proposed: each with
 * a space before it, quoted for a shell. They are to stand before the command, where they mean the same to all of them.
 */
export function givenFlags(flags: CommonFlags): string {
  const { file = [], projectDirectory, envFile = [], profile = [], projectName, config, env, stateHome } = flags;
  const given: readonly (readonly [string, string | undefined])[] = [
    ...file.map((path) => ["-f", path] as const),
    ["--project-directory", projectDirectory],
    ...envFile.map((path) => ["--env-file", path] as const),
    ...profile.map((name) => ["--profile", name] as const),
    ["-p", projectName],
    ["--config", config],
    ["--env", env],
    ["--state-home", stateHome],
  ];
  return given.map(([name, value]) => (value === undefined ? "" : ` ${name} ${shellWord(value)}`)).join("");
}

const proposed = new RegExp(String.raw`\bsluice (?=(?:${commandNames.join("|")})\b)`, "g");

/** A text in which every command of Sluice has the options of `givenFlags`. */
export function withFlags(text: string, given: string): string {
  return text.replaceAll(proposed, () => `sluice${given} `);
}

/** The same with such a text where it has a hint. */
export function withFlagsInHint<Told extends { readonly hint?: string | undefined }>(told: Told, given: string): Told {
  return told.hint === undefined ? told : { ...told, hint: withFlags(told.hint, given) };
}
