import type { Finding } from "../model/finding.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Config } from "./schema.ts";
import { configuredWatches } from "./watched-checks.ts";
import { watchesContainers, whyUnwatched } from "./watched-services.ts";

/** Checks that name a service nothing of which runs while a release has users: nobody would miss what they do not see. Pure. */
export function unwatchedFindings(config: Config, services: readonly ServiceFacts[]): readonly Finding[] {
  return configuredWatches(config)
    .filter(watchesContainers)
    .flatMap(({ name, services: [service] }) => {
      const facts = services.find((one) => one.name === service);
      const why = facts ? whyUnwatched(facts) : null;
      if (!facts || why === null) return [];
      return [
        {
          severity: "warn",
          code: "check-not-watched",
          message: `check "${name}" watches nothing and is left out: ${why}`,
          hint: "name a service that runs, or none to watch all web and worker services in slots",
          service: facts.name,
        },
      ];
    });
}
