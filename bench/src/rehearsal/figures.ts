import { atLeast, atMost, type Figures, type Numbers, shown } from "../result.ts";
import type { Tried } from "./try-migration.ts";

/**
 * What is asked of a rehearsal: nothing dangerous goes by without its reason, nothing harmless is stopped; and where a
 * server can copy a database, a second copy is there at once.
 *
 * @param cloneMs how long a second copy took, by server
 */
export function rehearsalFigures(tried: readonly Tried[], cloneMs: Readonly<Record<string, number>>): Figures {
  const dangerous = tried.filter(({ expect }) => expect !== null);
  const harmless = tried.filter(({ expect }) => expect === null);
  return {
    migrations: atLeast(tried.length, 1),
    dangerous: shown(dangerous.length),
    dangerous_missed: atMost(dangerous.filter(isMissed).length, 0),
    harmless: shown(harmless.length),
    harmless_blocked: atMost(harmless.filter(({ verdict }) => verdict === "block").length, 0),
    harmless_warned: shown(harmless.filter(({ verdict }) => verdict === "warn").length),
    ...(cloneMs["postgres"] === undefined ? {} : { second_clone_s: atMost(cloneMs["postgres"] / 1_000, 5) }),
    ...(cloneMs["mariadb"] === undefined ? {} : { second_clone_mariadb_s: shown(cloneMs["mariadb"] / 1_000) }),
  };
}

/** What a linter alone finds of the same migrations, whatever its reason: more than it is asked for here. */
export function lintFigures(tried: readonly Tried[]): Numbers {
  const linted = tried.filter((one) => one.linted !== null);
  const dangerous = linted.filter(({ expect }) => expect !== null);
  const harmless = linted.filter(({ expect }) => expect === null);
  return {
    dangerous: dangerous.length,
    dangerous_missed: dangerous.filter(({ linted: found }) => found?.length === 0).length,
    harmless: harmless.length,
    harmless_warned: harmless.filter(({ linted: found }) => found?.length !== 0).length,
  };
}

/** It passed, or for another reason only. */
export function isMissed({ expect, verdict, found }: Tried): boolean {
  return expect !== null && (verdict === "pass" || !found.includes(expect));
}
