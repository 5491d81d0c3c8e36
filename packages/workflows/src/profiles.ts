import { parseEnv } from "node:util";
import { listOf, parseTrees, type Tree, textOf, treeOf } from "./tree.ts";

export const profilesVariable = "COMPOSE_PROFILES";

/** Where profiles are made active, the first that says something. */
export interface ProfileSources {
  /** As `--profile`. Default: none. */
  readonly given?: readonly string[] | undefined;
  /** `COMPOSE_PROFILES` of the shell. Default: it is not set. */
  readonly shell?: string | undefined;
  /** Of the env files that Compose reads here. */
  readonly envFileText: string;
}

/** What a checkout of others has. */
export interface CheckedOut {
  readonly composeTexts: readonly string[];
  readonly envFileText: string;
}

/**
 * `COMPOSE_PROFILES` with which a checkout elsewhere has what is active here, of the profiles that its services are under; `undefined`
 * where it has without, in whatever order, or nothing is active. Pure.
 */
export function profilesToSet(
  { given = [], shell, envFileText }: ProfileSources,
  checkedOut: CheckedOut,
): string | undefined {
  const written = (text: string) => parseEnv(text)[profilesVariable] ?? "";
  const active = given.length > 0 ? given.join(",") : (shell ?? written(envFileText));
  const isKnown = knownProfiles(checkedOut.composeTexts);
  const all = namesIn(active);
  const those = all.filter(isKnown);
  const there = new Set(namesIn(written(checkedOut.envFileText)).filter(isKnown));
  // What Compose would fill in there is not known here.
  const areNames = those.length > 0 && all.every((name) => /^[\w.*-]+$/.test(name));
  const isSame = those.length === there.size && those.every((name) => there.has(name));
  return areNames && !isSame ? those.join(",") : undefined;
}

/** As `COMPOSE_PROFILES` has them, each once; what an expression comes to nobody knows, and it stays whole. */
export function namesIn(profiles: string): readonly string[] {
  if (profiles.includes("${{")) return [profiles];
  const names = profiles.split(",").map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== "");
}

/** Which profiles some service is under. Files that others include or extend may have any. */
function knownProfiles(composeTexts: readonly string[]): (profile: string) => boolean {
  const trees = composeTexts.flatMap(parseTrees);
  const services = trees.flatMap((tree) => Object.values(treeOf(tree["services"])).map(treeOf));
  const names = services.flatMap(({ profiles }) => listOf(profiles).map(textOf));
  const areMore =
    trees.some(({ include }) => include !== undefined) ||
    services.some((service) => treeOf(service["extends"])["file"] !== undefined) ||
    names.some((name) => name.includes("$"));
  return (profile) => areMore || (profile === "*" ? names.length > 0 : names.includes(profile));
}

/** Whether profiles keep a service from running. What an expression comes to nobody knows here. Pure. */
export function isIdle(service: Tree, profiles: string): boolean {
  const active = profiles.split(",").map((profile) => profile.trim());
  const own = listOf(service["profiles"]);
  if (own.length === 0 || profiles.includes("${{") || active.includes("*")) return false;
  return !own.some((profile) => active.includes(textOf(profile)));
}
