import { parseEnv } from "node:util";
import { defaultUses, fillIn } from "./fill-in.ts";
import { listOf, parseTrees, textOf, treeOf } from "./tree.ts";
import { ofMachine } from "./variables.ts";

/** What a job has of its own besides, and what no secret may be called. */
const ofJob = /^(?:USER|LOGNAME|UID|SHELL|HOSTNAME|PWD|TMPDIR|DOCKER_.*|GITHUB_.*|RUNNER_.*)$/;

/** A variable that the compose files have a default of, and that is something else on the machine of a developer. */
export interface OverriddenDefault {
  readonly name: string;
  /** An empty text, as a secret is that does not exist, leaves the default as it is. */
  readonly mayBeEmpty: boolean;
}

/**
 * Variables with a default in the compose files of which an env file that git does not have says something else: on a runner, which has
 * no such file, the default holds, and nobody is told. Pure.
 *
 * @param ownEnvText of that file; `""` where there is none
 */
export function overriddenDefaults(composeTexts: readonly string[], ownEnvText: string): readonly OverriddenDefault[] {
  const own = parseEnv(ownEnvText);
  const uses = composeTexts.flatMap(defaultUses);
  const toBuilds = new Set(composeTexts.flatMap(argsByName));
  const isOther = ({ name, text }: (typeof uses)[number]) =>
    fillIn(text, (one) => own[one]) !== fillIn(text, (one) => (one === name ? undefined : own[one]));
  const names = uses.filter((use) => own[use.name] !== undefined && isOther(use)).map(({ name }) => name);
  return [...new Set(names)]
    .filter((name) => !name.startsWith("COMPOSE_"))
    .map((name) => ({
      name,
      mayBeEmpty:
        !ofMachine.test(name) &&
        !ofJob.test(name) &&
        !toBuilds.has(name) &&
        uses.every((use) => use.name !== name || use.isEmptyUnset),
    }));
}

/** `build: { args: [NAME] }` and `{ NAME: }`: where nobody sets it, the build has the default of its ARG. */
function argsByName(composeText: string): readonly string[] {
  const services = parseTrees(composeText).flatMap((tree) => Object.values(treeOf(tree["services"])));
  return services.flatMap((service) => {
    const { args } = treeOf(treeOf(service)["build"]);
    const unset = Object.entries(treeOf(args)).filter(([, value]) => value === null);
    return [...listOf(args).map(textOf), ...unset.map(([name]) => name)];
  });
}
