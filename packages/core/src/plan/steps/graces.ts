import type { ServiceFacts } from "../../model/service.ts";

/** How long containers of a service that runs may take to end, in milliseconds. */
export type GraceMsOf = (service: string) => number;

const composeDefaultMs = 10_000;

/**
 * The graces of the release that serves: its containers have those that they were made with. Where it is not known, those
 * of the services as they are now, or Compose's default.
 */
export function gracesOf(replaced: readonly ServiceFacts[] = [], now: readonly ServiceFacts[] = []): GraceMsOf {
  const known = new Map([...now, ...replaced].map(({ name, stopGraceMs }) => [name, stopGraceMs]));
  return (service) => known.get(service) ?? composeDefaultMs;
}
