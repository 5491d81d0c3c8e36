import { type Finding, type Redact, SluiceError, type SourcePosition } from "@sluice/core";
import { missingFileHint } from "./missing-file-hint.ts";
import { isWritten, offsetPosition, positionOf, type SourcePath, writtenTexts } from "./positions.ts";
import { nearestKey } from "./schema-keys.ts";
import { type SourceFile, writtenServices } from "./source-files.ts";
import { usedVariables, variablePositions } from "./variables.ts";

/**
 * What Compose says when it does not accept a project, with the place it speaks of and what to do.
 *
 * @param stderr of a `docker compose config` that failed
 * @param redact what is shown: Compose quotes what it cannot use, and what stands in a wrong place may be a secret
 */
export function composeError(stderr: string, sources: readonly SourceFile[], redact: Redact): SluiceError {
  const ofTool = toolError(saidIn(stderr));
  if (ofTool) return ofTool;
  const { message, hint = anyHint, position } = complaint(stderr, sources, redact);
  return new SluiceError("COMPOSE_INVALID", `Compose does not accept the project: ${message}`, { hint, position });
}

/** What Compose says, shown as for {@link composeError}, with the place it speaks of and what to do as far as that is known. */
export function complaint(
  stderr: string,
  sources: readonly SourceFile[],
  redact: Redact,
): Pick<Finding, "message" | "hint" | "position"> {
  const message = saidIn(stderr);
  const syntax = sources.find(({ syntaxError }) => syntaxError !== null);
  if (syntax?.syntaxError && /^(?:yaml|parsing|failed to parse)|mapping key .* already defined/.test(message)) {
    const { offset, message: hint } = syntax.syntaxError;
    return { message: redact(message), hint, position: offsetPosition(syntax, offset) };
  }
  const { hint, path, position } = explain(message, sources);
  return {
    message: redact(message),
    hint: hint === undefined ? undefined : redact(hint),
    position: position ?? (path && positionOf(sources, path)),
  };
}

function saidIn(stderr: string): string {
  const said = stderr
    .split("\n")
    .filter((line) => !/^time="[^"]*" level=/.test(line) && line.trim() !== "")
    .join("\n")
    .trim();
  return withoutValues(said || "docker compose config failed and said nothing");
}

const anyHint = "mend what it names; `docker compose config` must accept the project";

/** What docker or an old Compose says when it does not know what it is asked; it is no fault of the project. */
function toolError(message: string): SluiceError | undefined {
  if (/^(?:docker: )?['"]?compose['"]? is not a docker command|^unknown shorthand flag: '?f'? in -f/m.test(message)) {
    return new SluiceError("COMPOSE_MISSING", `docker has no compose plugin: ${message}`, {
      hint: "install the compose plugin; `docker compose version` must work for this user",
    });
  }
  if (!/^unknown (?:shorthand )?flag: /m.test(message)) return undefined;
  return new SluiceError("COMPOSE_TOO_OLD", `Compose does not know an option it needs: ${message}`, {
    hint: "update the docker compose plugin; see `docker compose version`",
  });
}

/** Compose quotes what it could not read, and in an env file that can be a secret. */
function withoutValues(message: string): string {
  if (!message.startsWith("failed to read ")) return message;
  return message.replace(/(unterminated quoted value|near|character) .*$/s, "$1 …");
}

interface Explanation {
  readonly hint?: string | undefined;
  readonly path?: SourcePath | undefined;
  readonly position?: SourcePosition | undefined;
}

function explain(message: string, sources: readonly SourceFile[]): Explanation {
  for (const [pattern, explanation] of explanations) {
    const match = pattern.exec(message);
    if (match)
      return explanation(
        match.slice(1).map((group) => group ?? ""),
        sources,
      );
  }
  const path = pathIn(message);
  const variables = path ? variablesOf(sources, path) : "";
  return {
    path,
    hint: path && variables && `${settingText(path)} is made of variable ${variables}: see what that is set to`,
  };
}

type Explain = (groups: readonly string[], sources: readonly SourceFile[]) => Explanation;

const explanations: readonly (readonly [RegExp, Explain])[] = [
  [
    /required variable ([A-Za-z_]\w*) is missing a value/,
    ([name = ""], sources) => ({
      hint: `set ${name} in the environment or in .env (or name the file that sets it with --env-file)`,
      position: variablePositions(name, sources)[0],
    }),
  ],
  [
    /error while interpolating (\S+): failed to cast to expected type: (invalid boolean: *|strconv\.\w+: parsing ")(.?)/,
    ([where = "", kind = "", first = ""], sources) => {
      const path = splitPath(where);
      const variables = variablesOf(sources, where.split("."));
      const isSwitch = kind.startsWith("invalid boolean");
      const [what, other, instead] = isSwitch ? ["true or false", "neither", "false"] : ["a number", "none", "…"];
      const is = first === "" || first === '"' ? "empty" : other;
      const [name] = variables.split(" ");
      const hint = `${settingText(path)} is ${what}, and variable ${variables} is ${is}: set it to such a one, or write \${${name}:-${instead}}`;
      return { path, hint: variables === "" ? undefined : hint };
    },
  ],
  [
    /^env file (\S+) not found/,
    ([file = ""], sources) => ({
      hint: `${missingFileHint}, or the entry as {path: …, required: false}`,
      position: textPosition(sources, file.slice(file.lastIndexOf("/") + 1)),
    }),
  ],
  [
    /^Couldn't find env file: (\S+)/i,
    ([file]) => ({ hint: `--env-file names ${file}, which is not there; without the option Compose reads .env` }),
  ],
  [
    /^open (\S+): no such file or directory/,
    ([file = ""], sources) => ({
      hint: `${file} is named by -f, COMPOSE_FILE, include or extends, but is not there`,
      position: textPosition(sources, file.slice(file.lastIndexOf("/") + 1)),
    }),
  ],
  [
    /^no configuration file provided/,
    () => ({
      hint: "run it where the compose file is, or name the file with -f (each of several with its own), or all in COMPOSE_FILE",
    }),
  ],
  [
    /^failed to read (\S+): line (\d+):/,
    ([file = "", line]) => ({
      hint: "one NAME=value a line; a value with spaces, quotes or # in double or single quotes",
      position: { file, line: Number(line) },
    }),
  ],
  [
    /(\S+) Additional property (\S+) is not allowed|(\S+) additional properties '([^']+)' not allowed/,
    ([where, key, newWhere, newKey]) => {
      const parent = splitPath(where || newWhere || "");
      const property = key || newKey || "";
      const nearest = nearestKey(parent, property);
      return { path: [...parent, property], hint: nearest && `did you mean ${nearest}?` };
    },
  ],
  [
    /service "([^"]+)" depends on undefined service "([^"]+)"/,
    ([service = "", other = ""], sources) => ({
      path: ["services", service, "depends_on", other],
      hint: isWritten(sources, ["services", other])
        ? `${other} has a profile that is not active: activate it (--profile, COMPOSE_PROFILES) or write required: false`
        : `no service is named ${other}`,
    }),
  ],
  [
    /service "([^"]+)" refers to undefined (network|volume|secret|config) (\S+?):/,
    ([service = "", kind = "", name = ""]) => ({
      path: ["services", service, `${kind}s`, name],
      hint: `declare it under ${kind}s: at the top level (external: true where it is made elsewhere)`,
    }),
  ],
  [
    /Invalid (?:hostPort|containerPort|proto): |No port specified|invalid (?:hostPort|containerPort)/i,
    (_groups, sources) => ({
      path: pathWithKey(sources, "ports"),
      hint: "an entry of ports is [host-ip:][host-port:]container-port; is a variable in it empty?",
    }),
  ],
  [
    /invalid spec: (.*): (?:empty section between colons|too many colons)/,
    ([spec = ""], sources) => ({
      position: textPosition(sources, spec),
      path: pathWithKey(sources, "volumes"),
      hint: "an entry of volumes is [source:]target[:ro]; is a variable in it empty?",
    }),
  ],
  [
    /cannot extend service "([^"]+)"/,
    ([service = ""]) => ({
      path: ["services", service, "extends"],
      hint: "extends names a service, and with file: the file that it is in",
    }),
  ],
  [
    /service "([^"]+)" has neither an image nor a build context/,
    ([service = ""]) => ({ path: ["services", service], hint: "give it an image: or a build:" }),
  ],
];

/** `services.web.ports.0`, `services[web].ports[0]`, `service "web"`: the path in a message, as far as there is one. */
function pathIn(message: string): SourcePath | undefined {
  const dotted = /\b(?:services|networks|volumes|secrets|configs)[.[][^\s:',]+/.exec(message)?.[0];
  if (dotted) return splitPath(dotted);
  const service = /service "([^"]+)"/.exec(message)?.[1];
  return service ? ["services", service] : undefined;
}

/** `read_only of service web`, for a path in the project. */
function settingText([kind, name, ...setting]: SourcePath): string {
  const keys = setting.filter((key) => typeof key === "string").join(".");
  return keys === "" ? `${kind}.${name}` : `${keys} of ${String(kind).replace(/s$/, "")} ${name}`;
}

/** Names of the variables that a setting is written with, as `A or B`; empty for none. */
function variablesOf(sources: readonly SourceFile[], path: SourcePath): string {
  return [...new Set(writtenTexts(sources, path).flatMap(usedVariables))].join(" or ");
}

function splitPath(text: string): (string | number)[] {
  return text
    .split(/[.[\]]+/)
    .filter((part) => part !== "" && part !== "(root)")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** For messages that name no service: the one place it can be, when only one service has the key. */
function pathWithKey(sources: readonly SourceFile[], key: string): SourcePath | undefined {
  const services = new Set(
    sources.flatMap((source) =>
      writtenServices(source)
        .filter(([, service]) => key in service)
        .map(([name]) => name),
    ),
  );
  const [service] = services;
  return service !== undefined && services.size === 1 ? ["services", service, key, 0] : undefined;
}

function textPosition(sources: readonly SourceFile[], text: string): SourcePosition | undefined {
  const source = text === "" ? undefined : sources.find((candidate) => candidate.text.includes(text));
  return source && offsetPosition(source, source.text.indexOf(text));
}
