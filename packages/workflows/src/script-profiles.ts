import { namesIn } from "./profiles.ts";
import { splitLine } from "./shell-line.ts";

/** `docker compose … up …`, with variables that are set for it alone. Not one within `run` or `exec`. */
const up =
  /(?<set>(?:\b[A-Za-z_]\w*=(?:"[^"\n]*"|'[^'\n]*'|[^\s;&|"']*)\s+)*)\bdocker[ -]compose\b(?<options>(?:(?!\s(?:run|exec)\s)[^\n;&|])*?)\sup(?![^\s;&|)])(?<rest>[^\n;&|]*)/g;

/** Options of `up` whose value is the next word. https://docs.docker.com/reference/cli/docker/compose/up/ */
const withValue = /^(?:-t|--(?:attach|exit-code-from|no-attach|policy|pull|scale|timeout|wait-timeout))$/;

/**
 * What the commands of a script that bring the whole project up make active, as `COMPOSE_PROFILES`; `undefined` where none of them does.
 * Each is as Compose takes it: `--profile`, else the variable that is set for it alone, else the environment. One that names services
 * says nothing of what else is to run. Pure.
 *
 * @param ofEnvironment `COMPOSE_PROFILES` of the job; `undefined` where it has none
 */
export function profilesOfScript(script: string, ofEnvironment: string | undefined): string | undefined {
  const all = [...script.matchAll(up)].filter(({ groups }) => !namesServices(groups?.["rest"] ?? ""));
  const found = all.map(({ groups }) => activeIn(groups?.["options"] ?? "", groups?.["set"] ?? ""));
  if (found.every((one) => one === undefined)) return ofEnvironment;
  const profiles = found.flatMap((one) => one ?? namesIn(ofEnvironment ?? ""));
  return [...new Set(profiles)].join(",");
}

/** `undefined` where the command leaves it to the environment, or nobody knows. */
function activeIn(options: string, set: string): readonly string[] | undefined {
  const named = [...options.matchAll(/\s--profile[ =]\s*(["']?)(?<profile>[\w.*-]+)\1(?=\s|$)/g)];
  if (named.length > 0) return named.map(({ groups }) => groups?.["profile"] ?? "");
  const [, , variable] = /\bCOMPOSE_PROFILES=(["']?)([\w.,*-]*)\1\s/.exec(set) ?? [];
  return variable === undefined ? undefined : namesIn(variable);
}

function namesServices(rest: string): boolean {
  const words = splitLine(rest).map(({ text }) => text);
  return words.some((word, index) => !word.startsWith("-") && !withValue.test(words[index - 1] ?? ""));
}
