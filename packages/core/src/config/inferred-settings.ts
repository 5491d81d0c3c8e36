import type { Finding } from "../model/finding.ts";
import { isApplication } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Config, ServiceConfig } from "./schema.ts";

type Settings = Pick<Partial<ServiceConfig>, "role" | "strategy" | "port">;

/** What was inferred of a service, as settings of the configuration. */
export interface InferredSettings {
  /** Sure enough to be written down. */
  readonly certain: Settings;
  /** Holds while nothing is said. Written down it would be a person's word: what is found of it would be told no more. */
  readonly open: Settings;
}

/**
 * What of a service can be written down for people, and what only they can say. Pure.
 *
 * @param findings of the project, which say what cannot be otherwise
 */
export function inferredSettings(service: ServiceFacts, findings: readonly Finding[]): InferredSettings {
  const { name, role, strategy, port, confidence, active } = service;
  const what = { role, ...(role === "web" && port !== null ? { port } : {}) };
  const how = strategy === "recreate" && isApplication(role) ? { strategy } : {};
  const isOnlyWay = cannotBeTwo(name, findings);
  // Written for a guess, it would be a person's word for all of it; and it does not hold: a deployment is refused.
  if (confidence === "ask") return { certain: {}, open: isOnlyWay ? what : { ...what, ...how } };
  // As the compose file stands there is no other way, and a deployment is refused until it is written. Of what is not active nothing is found.
  return isOnlyWay || !active ? { certain: { ...what, ...how }, open: {} } : { certain: what, open: how };
}

function cannotBeTwo(name: string, findings: readonly Finding[]): boolean {
  return findings.some(({ code, service }) => code === "cannot-be-two" && service === name);
}

/** Something of a service that a person is to look at. */
export interface OpenQuestion {
  readonly service: string;
  /** After the name of the service. */
  readonly message: string;
}

/**
 * What a person is to look at before a first deployment: services that were guessed, those that are replaced with a gap though
 * nobody said so, and what was found of them beside that. Pure.
 *
 * @param findings of the project, which say what cannot be otherwise
 * @param doubts those of what else only a person can say of a service
 */
export function openQuestions(
  services: readonly ServiceFacts[],
  config: Pick<Config, "services">,
  { findings, doubts }: { readonly findings: readonly Finding[]; readonly doubts: readonly Finding[] },
): readonly OpenQuestion[] {
  return services
    .filter(({ active }) => active)
    .flatMap(({ name, role, strategy, confidence, reason }) => {
      const hasGap = strategy === "recreate" && isApplication(role) && config.services[name]?.strategy === undefined;
      const gap = "replaced with a gap at each deployment";
      const until = cannotBeTwo(name, findings)
        ? ", and cannot run twice: a deployment is refused until you say what it is, with strategy: recreate"
        : `, and ${gap} until you say what it is`;
      const guess = `taken for ${role}, which is a guess${hasGap ? until : ""}`;
      const told = confidence === "ask" ? guess : hasGap ? gap : undefined;
      return [
        ...(told === undefined ? [] : [`${told}: ${reason}`]),
        ...doubts.flatMap(({ service, message, hint }) =>
          service === name ? [hint ? `${message}; ${hint}` : message] : [],
        ),
      ].map((message) => ({ service: name, message }));
    });
}
