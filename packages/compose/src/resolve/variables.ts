import type { Finding, SourcePosition } from "@sluice/core";
import { offsetPosition, positionOf } from "./positions.ts";
import type { SourceFile } from "./source-files.ts";

/** Every use of a variable (`$NAME`, `${NAME…}`) in the texts; `$$NAME` is none. */
export function variablePositions(name: string, sources: readonly SourceFile[]): readonly SourcePosition[] {
  return variableUses(name, sources).map(({ source, offset }) => offsetPosition(source, offset));
}

function variableUses(name: string, sources: readonly SourceFile[]) {
  const pattern = new RegExp(`(?<!\\$)(?:\\$\\$)*\\$(?:${name}(?![A-Za-z0-9_])|\\{${name}(?![A-Za-z0-9_]))`, "g");
  return sources.flatMap((source) =>
    [...source.text.matchAll(pattern)]
      .map(({ index, 0: text }) => ({ source, offset: index + text.lastIndexOf("$") }))
      .filter(({ offset }) => !isComment(source.text, offset)),
  );
}

/** Names of the variables that a text uses, in its order. */
export function usedVariables(text: string): readonly string[] {
  const names = [...text.matchAll(/(?<!\$)(?:\$\$)*\$(?:\{(?<braced>[A-Za-z_]\w*)|(?<bare>[A-Za-z_]\w*))/g)].flatMap(
    ({ groups }) => groups?.["braced"] ?? groups?.["bare"] ?? [],
  );
  return [...new Set(names)];
}

export function isComment(text: string, offset: number): boolean {
  return /^\s*#/.test(text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset));
}

/** What Compose warned of while it resolved the project. */
export function composeWarnings(stderr: string, sources: readonly SourceFile[]): readonly Finding[] {
  const messages = [...stderr.matchAll(/^time="[^"]*" level=warning msg="((?:[^"\\]|\\.)*)"/gm)];
  return [...new Set(messages.map(([, message = ""]) => message.replaceAll(/\\(.)/g, "$1")))].map((message) => {
    const variable = /^The "([A-Za-z_]\w*)" variable is not set/.exec(message)?.[1];
    if (variable) return variableFinding(variable, sources);
    const obsolete = /^(.+): (?:the attribute )?`version` is obsolete/.exec(message)?.[1];
    if (obsolete !== undefined) return obsoleteVersion(message, obsolete, sources);
    return { severity: "warn", code: "compose-warning", message };
  });
}

function obsoleteVersion(message: string, file: string, sources: readonly SourceFile[]): Finding {
  const written = sources.filter(({ path }) => path === file);
  const position = positionOf(written, ["version"]) ?? { file };
  return { severity: "info", code: "version-obsolete", message, position };
}

function variableFinding(name: string, sources: readonly SourceFile[]): Finding {
  const uses = variableUses(name, sources);
  const [first] = uses;
  const more = uses.length > 1 ? ` (and ${uses.length - 1} more ${uses.length === 2 ? "place" : "places"})` : "";
  const isInEnvFile = first?.source.document === null;
  return {
    severity: "warn",
    code: "variable-not-set",
    message: isInEnvFile
      ? `variable ${name} is not set: the value in the env file is cut at its $${more}`
      : `variable ${name} is not set: Compose puts nothing in its place${more}`,
    hint: isInEnvFile
      ? "put the value in single quotes if its $ is meant as it is written"
      : `set ${name}, write \${${name}:-} if it may be empty, or $$ for a $ that is meant as it is written`,
    position: first && offsetPosition(first.source, first.offset),
  };
}
