import type { AnswersCheck, Check } from "../model/check.ts";
import { isBehindDoor } from "../model/placement.ts";
import { listenPorts, protocolAt, type ServiceFacts } from "../model/service.ts";
import { releaseChecks } from "./release-checks.ts";
import { healthPathOf, proxyProtocolOf } from "./release-settings.ts";
import type { Config } from "./schema.ts";

/** Kinds of checks whose requests go where users' go: what passes them speaks what its door takes it to speak. */
const requesting: ReadonlySet<Check["type"]> = new Set(["http", "sequence", "load"]);

/**
 * That services behind doors speak what their doors take them to speak. A port that was guessed wrong takes connections as any other, and
 * its door answers every user with an error of its own. Left out is what more is asked of, by requests of `releaseChecks` or by the health
 * path, what the door passes on unread, and ports that are only exposed: whether anybody comes to one, and how, nobody has said. Pure.
 */
export function answersChecks(config: Config, services: readonly ServiceFacts[]): readonly AnswersCheck[] {
  const requests = releaseChecks(config, services).filter(({ type }) => requesting.has(type));
  return services.flatMap((service) => {
    if (!isBehindDoor(service) || service.replicas === 0) return [];
    const { name, ports, port: listens, furtherPorts = [] } = service;
    const main = listens ?? ports[0]?.target;
    const isProven = healthPathOf(service, config) !== null || requests.some((check) => check.service === name);
    // Where the door ends HTTPS it is the door's own port.
    const own = config.services[name]?.https?.port;
    return listenPorts(service)
      .filter((port) => port !== own && !furtherPorts.includes(port) && !(port === main && isProven))
      .flatMap((port) => answersCheck(service, port, port === main, config));
  });
}

function answersCheck(service: ServiceFacts, port: number, isMain: boolean, config: Config): readonly AnswersCheck[] {
  const { name } = service;
  const protocol = protocolAt(service, port);
  if (protocol === "tcp") return [];
  return [
    {
      type: "answers",
      name: isMain ? `${name} answers` : `${name} answers at ${port}`,
      service: name,
      port,
      protocol,
      proxyProtocol: proxyProtocolOf(service, config).out,
      timeoutMs: 10_000,
      successes: 1,
      retries: 1,
      onNoData: "warn",
    },
  ];
}
