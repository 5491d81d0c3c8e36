import type { MigrationStep } from "./facts.ts";
import { forCompose, splitLine } from "./shell-line.ts";

/** A command of a script that runs something once in a service. */
export interface OneOffRun {
  /** As the script has it, without what follows it on its line. */
  readonly line: string;
  /** `null` where a compose file cannot say the same. */
  readonly step: MigrationStep | null;
}

type Setting = keyof NonNullable<MigrationStep["settings"]>;
type Words = ReturnType<typeof splitLine>;

/** Options with a value of their own, and what a service calls it. https://docs.docker.com/reference/cli/docker/compose/run */
const valued: Readonly<Record<string, Setting | null>> = {
  "--env": "environment",
  "-e": "environment",
  "--user": "user",
  "-u": "user",
  "--workdir": "working_dir",
  "-w": "working_dir",
  "--entrypoint": "entrypoint",
  "--cap-add": null,
  "--cap-drop": null,
  "--env-from-file": null,
  "--label": null,
  "-l": null,
  "--name": null,
  "--publish": null,
  "-p": null,
  "--pull": null,
  "--volume": null,
  "-v": null,
};

/** Options that change what the command works on, and that a step does not carry. */
const unmatched: readonly string[] = ["--volume", "-v", "--cap-add", "--cap-drop", "--env-from-file"];

/**
 * Every `docker compose … run|exec [OPTIONS] SERVICE COMMAND` of a script, in its order. What is to be done in a container that
 * runs already is no step of its own: the version that it works on has users by then. Pure.
 */
export function oneOffRuns(script: string): readonly OneOffRun[] {
  return script.split("\n").flatMap((line) =>
    [...line.matchAll(/\bdocker[ -]compose\b/g)].flatMap(({ index }) => {
      const words = splitLine(line.slice(index));
      const at = words.findIndex(({ text }) => text === "run" || text === "exec");
      const found = at < 0 ? null : runOf(words.slice(at + 1).map(forCompose));
      if (found === null) return [];
      const step = words[at]?.text === "run" ? found.step : null;
      return { line: words.map(({ raw }) => raw).join(" "), step };
    }),
  );
}

function runOf(words: Words): { readonly step: MigrationStep | null } | null {
  const environment: string[] = [];
  const settings: Partial<Record<Exclude<Setting, "environment">, string>> = {};
  let canBeSaid = true;
  let at = 0;
  for (let word = words[at]; word?.text.startsWith("-"); word = words[at]) {
    const { name, value, size } = optionAt(words, at);
    const setting = valued[name];
    if (setting === "environment") environment.push(value);
    else if (setting) settings[setting] = value;
    if (unmatched.includes(name)) canBeSaid = false;
    at += size;
  }
  const service = words[at]?.text;
  const command = words.slice(at + 1).map(({ raw }) => raw);
  if (service === undefined || (command.length === 0 && settings.entrypoint === undefined)) return null;
  const all = environment.length > 0 ? { environment, ...settings } : settings;
  const step = { service, command: command.join(" "), ...(Object.keys(all).length > 0 ? { settings: all } : {}) };
  // What only the shell or GitHub can put in, Compose cannot: it takes `$NAME` and `${NAME}`, and `$$` for a `$`.
  const isOfShell = /`|\$\{\{|(?<!\$)(?:\$\$)*\$[\d@*#?!(-]/.test(JSON.stringify(step));
  return { step: canBeSaid && !isOfShell && /^[\w.-]+$/.test(service) ? step : null };
}

/** `--user=root`, `--user root`, `-uroot`, `-Tu root`; one without a value stands alone. */
function optionAt(words: Words, at: number): { readonly name: string; readonly value: string; readonly size: 1 | 2 } {
  const text = words[at]?.text ?? "";
  const next = words[at + 1]?.text ?? "";
  if (text.startsWith("--")) {
    const [name = "", ...rest] = text.split("=");
    if (rest.length > 0) return { name, value: rest.join("="), size: 1 };
    return name in valued ? { name, value: next, size: 2 } : { name, value: "", size: 1 };
  }
  const first = Array.from(text.slice(1)).findIndex((letter) => `-${letter}` in valued);
  if (first < 0) return { name: text, value: "", size: 1 };
  const name = `-${text[first + 1]}`;
  const value = text.slice(first + 2).replace(/^=/, "");
  return value === "" ? { name, value: next, size: 2 } : { name, value, size: 1 };
}
