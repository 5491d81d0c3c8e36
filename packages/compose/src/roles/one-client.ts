import { type ComposeModel, type Config, isBehindDoor, type RoleDecision } from "@sluice/core";
import type { ServiceFinding } from "./finding-rule.ts";
import { listeningPort } from "./listening-port.ts";
import { protocolsOf } from "./protocols.ts";
import { shapeOf } from "./service-shape.ts";
import { addresses } from "./surroundings.ts";

interface Around {
  readonly active: ReadonlySet<string>;
  readonly config: Pick<Config, "services" | "traffic" | "rollout">;
}

/**
 * Web services whose door passes on unread what an edge of the project sends, as that of PHP's process manager does: it knows a client
 * by its address alone, and all users have the edge's. Shares then lead nobody or everybody to the candidate. Pure.
 */
export function oneClientFindings(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  { active, config }: Around,
): readonly ServiceFinding[] {
  const { traffic, rollout, services } = config;
  const splits = rollout.steps === "auto" || rollout.steps.some(({ share }) => share < 100);
  if (traffic.sticky === "none" || traffic.proxyProtocol.in || !splits) return [];
  return decisions.flatMap(({ service, role, strategy }) => {
    const facts = model.services[service] ?? {};
    const override = services[service] ?? {};
    const { protocol } = protocolsOf(facts, listeningPort(facts, override), override);
    const isMeant = isBehindDoor({ active: active.has(service), role, strategy }) && protocol === "tcp";
    if (!isMeant || (facts.ports ?? []).length > 0) return [];
    const edge = decisions.find(
      (other) => other.role === "edge" && active.has(other.service) && leadsTo(model, other.service, service),
    );
    return edge ? [findingOf(service, edge.service)] : [];
  });
}

/** Its configuration is not seen here, but what it depends on is. */
function leadsTo({ services }: ComposeModel, edge: string, service: string): boolean {
  const written = services[edge] ?? {};
  return service in (written.depends_on ?? {}) || addresses(shapeOf(edge, written), service);
}

function findingOf(service: string, edge: string): ServiceFinding {
  return {
    severity: "warn",
    code: "one-client",
    service,
    message: `all connections to ${service} come from ${edge}, and its door reads none of them (tcp): it takes all users for one client, who is on one version or the other whatever the share, and no answer of ${service} is judged`,
    hint: `set traffic.sticky: none in sluice.yaml, which splits by connection (doors of HTTP then split by request), and have ${service} judged by what it logs, checks: [{ service: ${service}, logs: {} }], or by what a server knows of ${edge}'s answers (prometheus)`,
    path: ["services", service],
  };
}
