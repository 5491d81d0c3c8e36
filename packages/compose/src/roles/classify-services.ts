import type { ComposeModel, Role, RoleDecision, ServiceConfig, Strategy } from "@sluice/core";
import { firstBlocker } from "./blockers.ts";
import { addresses, type InferredRole, inferRole, isEdge, surroundingsOf } from "./infer-role.ts";
import { listeningPort } from "./listening-port.ts";
import { type ServiceShape, shapeOf, writableMounts } from "./service-shape.ts";

export type RoleOverrides = Readonly<Record<string, Partial<ServiceConfig> | undefined>>;

/**
 * What each service is to a deployment: as configured, else inferred. What cannot safely be two at once is never given
 * `slots` unless the configuration says so. Pure.
 */
export function classifyServices(model: ComposeModel, overrides: RoleOverrides = {}): readonly RoleDecision[] {
  const shapes = Object.entries(model.services).map(([name, service]) => shapeOf(name, service));
  const surroundings = surroundingsOf(model, shapes);
  const decisions = shapes.map((shape) => decide(shape, inferRole(shape, surroundings), overrides[shape.name] ?? {}));
  return decisions.map((decision) => keptReachable(decision, decisions, shapes));
}

/** A worker in a slot can be reached inside its slot only: what base calls by name stays in base. */
function keptReachable(
  decision: RoleDecision,
  decisions: readonly RoleDecision[],
  shapes: readonly ServiceShape[],
): RoleDecision {
  if (decision.role !== "worker" || decision.strategy !== "slots" || decision.confidence === "configured")
    return decision;
  const staying = new Set(decisions.filter(({ strategy }) => strategy === "recreate").map(({ service }) => service));
  const caller = shapes.find(
    (shape) => staying.has(shape.name) && shape.name !== decision.service && calls(shape, decision.service),
  );
  if (!caller) return decision;
  const reason = `${decision.reason}; but ${caller.name} calls it by name, and workers have no door`;
  return { ...decision, strategy: "recreate", confidence: "ask", reason };
}

/** A proxy's configuration is not seen here, but that it depends on what it leads to is. */
function calls(shape: ServiceShape, name: string): boolean {
  return addresses(shape, name) || (isEdge(shape) && name in (shape.service.depends_on ?? {}));
}

function decide(shape: ServiceShape, inferred: InferredRole, override: Partial<ServiceConfig>): RoleDecision {
  const { role, confidence, reason } = override.role
    ? { role: override.role, confidence: "configured" as const, reason: "as configured" }
    : inferred;
  const { strategy, because } = chooseStrategy(shape, role, confidence === "ask", override);
  return {
    service: shape.name,
    role,
    strategy,
    confidence: override.strategy && confidence === "ask" ? "configured" : confidence,
    reason: because ? `${reason}; ${because}` : reason,
  };
}

interface Choice {
  readonly strategy: Strategy;
  readonly because?: string;
}

function chooseStrategy(shape: ServiceShape, role: Role, isUnsure: boolean, override: Partial<ServiceConfig>): Choice {
  // A job runs once in the candidate's slot; everything else but web and worker stays in base.
  if (role === "job") return { strategy: "slots" };
  if (role !== "web" && role !== "worker") return { strategy: "recreate" };
  if (override.strategy) return { strategy: override.strategy, because: `strategy ${override.strategy} is configured` };
  const blocker = firstBlocker(shape.service);
  if (blocker) return { strategy: "recreate", because: `it cannot be two at once: ${blocker.reason}` };
  const [mount] = override.sharedVolumes ? [] : writableMounts(shape.service);
  if (mount) {
    const kind = mount.type === "volume" ? "volume" : "bind mount";
    return { strategy: "recreate", because: `it writes to ${kind} ${mount.source} (sharedVolumes: true if two may)` };
  }
  if (isUnsure) return { strategy: "recreate", because: "it is not made two of until its role is configured" };
  if (role === "web" && listeningPort(shape.service, override) === null) {
    return { strategy: "recreate", because: "nothing tells on which port it listens (set port)" };
  }
  if (role === "worker" && shape.hasPublishedPorts) {
    return { strategy: "recreate", because: "it publishes a port, and workers have no door" };
  }
  return { strategy: "slots" };
}
