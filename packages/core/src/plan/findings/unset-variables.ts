import type { ComposeModel } from "../../model/compose.ts";
import type { Finding } from "../../model/finding.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { StoredRelease } from "../../ports/bundle-store.ts";

interface Wanted {
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
}

/**
 * Variables that services are given by their name alone, that nobody sets, and that the release which serves, or served last, has
 * a value of: Compose leaves them out without a word, as a workflow that does not name them does. One for each variable. What a
 * release never had may well be meant to be left out. Pure.
 *
 * @param serves `null` where none is stored, of which nothing is known
 */
export function unsetVariableFindings(
  { model, services }: Wanted,
  serves: Pick<StoredRelease, "bundle" | "model"> | null,
): readonly Finding[] {
  if (serves === null) return [];
  const lost = services
    .filter(({ active, role }) => active && role !== "tool")
    .flatMap(({ name: service }) => {
      const before = serves.model.services[service]?.environment ?? {};
      const entries = Object.entries(model.services[service]?.environment ?? {});
      return entries.flatMap(([name, value]) =>
        value === null && typeof before[name] === "string" ? [{ name, service }] : [],
      );
    });
  return [...new Set(lost.map(({ name }) => name))].map((name) => {
    const [first, ...others] = lost.filter((one) => one.name === name).map(({ service }) => service);
    const those = [first, ...others].join(", ");
    return {
      severity: "warn",
      code: "variable-gone",
      message: `${those} would run without ${name}, which ${serves.bundle.tag} has: the compose files give it by its name alone, and it is not set here`,
      hint: `set ${name} as before: by hand in the shell or --env-file, in a workflow under env: (sluice init --workflow names secrets there); or take it out of the compose files`,
      service: first,
    };
  });
}
