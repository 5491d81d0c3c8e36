import type { Check } from "../model/check.ts";
import { isApplication, isBehindDoor, isInSlot } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import { certificateCheck, loadCheck, reachableCheck } from "./deep-check-schema.ts";
import type { CheckConfig, Config } from "./schema.ts";
import { sequenceCheck } from "./sequence-schema.ts";

/**
 * The checks of a release: that every web service of it runs, then what the configuration asks for. A check that names no service is
 * for the first web service, one behind a door before one that is replaced stop-first. One of a service that the release has not at all
 * is left out: that is so only where a release of before is gone back to (see `missingCheckedServices`).
 */
export function releaseChecks(config: Config, services: readonly ServiceFacts[]): readonly Check[] {
  const running = services.filter(({ active, role, replicas }) => active && role === "web" && replicas > 0);
  const webs = [...running.filter(isBehindDoor), ...running.filter((service) => !isBehindDoor(service))];
  const containers = webs.map(
    (service): Check => ({
      type: "container",
      name: `${service.name} runs`,
      service: service.name,
      timeoutMs: 5_000,
      successes: 1,
      retries: 0,
      onNoData: "fail",
    }),
  );
  const defaultService = webs[0]?.name ?? "";
  return [...containers, ...checksOfRelease(config, services).flatMap((check) => toCheck(check, defaultService) ?? [])];
}

/** All that the configuration asks for, whatever runs, but for what watches: one that names no service has none (see `configuredWatches`). */
export function configuredChecks(config: Config): readonly Check[] {
  return config.checks.flatMap((check) => toCheck(check, "") ?? []);
}

function checksOfRelease(config: Config, services: readonly ServiceFacts[]): readonly CheckConfig[] {
  const missing = missingCheckedServices(config, services);
  return config.checks.filter(({ service }) => service === undefined || !missing.includes(service));
}

/** Names of services that checks are for, and that a release has not: it is from before they were, and those checks are left out. */
export function missingCheckedServices({ checks }: Config, services: readonly ServiceFacts[]): readonly string[] {
  const named = new Set(checks.flatMap(({ service }) => service ?? []));
  return [...named].filter((name) => services.every((service) => service.name !== name));
}

/**
 * Those of `releaseChecks` that can be asked before users meet the release: of what has no two versions beside each other, and of workers
 * and proxies of the project, nothing of it runs by then. What is not active is asked for here, and not found.
 */
export function candidateChecks(config: Config, services: readonly ServiceFacts[]): readonly Check[] {
  return releaseChecks(config, services).filter((check) => !isAskedLast(check, services));
}

/** The others: asked once all of the release is in its place. Where nothing of it is behind a door, those are all. */
export function closingChecks(config: Config, services: readonly ServiceFacts[]): readonly Check[] {
  return releaseChecks(config, services).filter((check) => isAskedLast(check, services));
}

function isAskedLast({ service }: Check, services: readonly ServiceFacts[]): boolean {
  if (!services.some(isBehindDoor)) return true;
  const facts = services.find(({ name }) => name === service);
  if (!facts?.active) return false;
  const runsBefore = facts.role === "web" && isInSlot(facts);
  return !runsBefore && (isApplication(facts.role) || facts.role === "edge");
}

/** `null` for one that watches for a span: those are `watchedChecks`. */
function toCheck(check: CheckConfig, defaultService: string): Check | null {
  const service = check.service ?? defaultService;
  const { timeout: timeoutMs, successes, retries, onNoData } = check;
  const common = { service, timeoutMs, successes, retries, onNoData };
  if (check.http) {
    const { method, path, headers, body, status, contains, header, maxTime } = check.http;
    return {
      ...common,
      type: "http",
      name: check.name ?? `${method} ${path}`,
      method,
      path,
      headers,
      body,
      expect: {
        status: status === undefined ? [] : [status].flat(),
        body: contains,
        headers: Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), value])),
        maxMs: maxTime,
      },
    };
  }
  if (check.tcp) return { ...common, type: "tcp", name: check.name ?? `port ${check.tcp.port}`, port: check.tcp.port };
  if (check.sequence) return { ...common, ...sequenceCheck(check.name, check.sequence) };
  if (check.load) return { ...common, ...loadCheck(check.name, check.load, timeoutMs) };
  if (check.certificate) return { ...common, ...certificateCheck(check.name, check.certificate, timeoutMs) };
  if (check.reachable) return { ...common, ...reachableCheck(check.name, check.reachable, timeoutMs) };
  if (!check.command) return null;
  const { run: command, image } = check.command;
  return { ...common, type: "command", name: check.name ?? command.join(" "), command, image };
}
