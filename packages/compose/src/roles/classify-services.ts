import type { ComposeModel, Role, RoleDecision, ServiceConfig, Strategy } from "@sluice/core";
import { labelPrefixes } from "../model/proxy-labels.ts";
import { doubtfulPort } from "./application-rules.ts";
import { type Blocker, firstBlocker } from "./blockers.ts";
import { isEdge } from "./edge-rules.ts";
import { externalName } from "./external-names.ts";
import { inferRole } from "./infer-role.ts";
import { listeningPort } from "./listening-port.ts";
import type { InferredRole } from "./rule.ts";
import { keptMounts, mountText, type ServiceShape, shapeOf } from "./service-shape.ts";
import { addresses, type Surroundings, surroundingsOf } from "./surroundings.ts";

export type RoleOverrides = Readonly<Record<string, Partial<ServiceConfig> | undefined>>;

/**
 * What each service is to a deployment: as configured, else inferred. What cannot safely be two at once is never given
 * `slots` unless the configuration says so. Pure.
 */
export function classifyServices(model: ComposeModel, overrides: RoleOverrides = {}): readonly RoleDecision[] {
  const prefixes = labelPrefixes(model);
  const shapes = Object.entries(model.services).map(([name, service]) => shapeOf(name, service, prefixes));
  const surroundings = surroundingsOf(model, shapes);
  const decisions = shapes.map((shape) => decide(model, shape, surroundings, overrides[shape.name] ?? {}));
  return decisions.map((decision) => {
    const isSaid = decision.confidence === "configured" || overrides[decision.service]?.strategy !== undefined;
    if (decision.role !== "worker" || decision.strategy !== "slots" || isSaid) return decision;
    const caller = callerOutside(decision.service, { model, decisions, shapes });
    if (caller === undefined) return decision;
    const reason = `${decision.reason}; but ${caller}, and workers have no door`;
    return { ...decision, strategy: "recreate", confidence: "ask", reason };
  });
}

interface Classified {
  readonly model: ComposeModel;
  readonly decisions: readonly RoleDecision[];
  readonly shapes: readonly ServiceShape[];
}

/** A worker in a slot can be reached inside its slot only: what base or another project calls by name stays in base. */
function callerOutside(worker: string, { model, decisions, shapes }: Classified): string | undefined {
  const staying = new Set(decisions.filter(({ strategy }) => strategy === "recreate").map(({ service }) => service));
  const caller = shapes.find((shape) => staying.has(shape.name) && shape.name !== worker && calls(shape, worker));
  if (caller) return `${caller.name} calls it by name`;
  const outside = externalName(model, decisions, worker);
  return outside && `others may call it as ${outside.name} on network ${outside.key}`;
}

/** A proxy's configuration is not seen here, but that it depends on what it leads to is. */
function calls(shape: ServiceShape, name: string): boolean {
  return addresses(shape, name) || (isEdge(shape) && name in (shape.service.depends_on ?? {}));
}

function decide(
  model: ComposeModel,
  shape: ServiceShape,
  around: Surroundings,
  override: Partial<ServiceConfig>,
): RoleDecision {
  const inferred: InferredRole = override.role
    ? { role: override.role, confidence: "configured", reason: "as configured" }
    : inferRole(shape, around);
  const isUnsure = inferred.confidence === "ask";
  const blocker = firstBlocker(shape.service, model);
  const safe = chooseStrategy(model, shape, { role: inferred.role, isUnsure, blocker }, override);
  const choice = withDoubt(safe, shape, around, inferred, override);
  const confidence = isUnsure || choice.isDoubtful === true ? "ask" : inferred.confidence;
  return {
    service: shape.name,
    role: inferred.role,
    strategy: choice.strategy,
    confidence: override.strategy && confidence === "ask" ? "configured" : confidence,
    reason: choice.because ? `${inferred.reason}; ${choice.because}` : inferred.reason,
  };
}

/** Only what would be two is asked about: what stays in base for another reason is safe there. */
function withDoubt(
  choice: Choice,
  shape: ServiceShape,
  around: Surroundings,
  { role, confidence }: InferredRole,
  override: Partial<ServiceConfig>,
): Choice {
  const isSaid = confidence === "configured" || override.strategy !== undefined || override.port !== undefined;
  if (role !== "web" || choice.strategy !== "slots" || isSaid) return choice;
  const because = doubtfulPort(shape, around);
  return because === undefined ? choice : { strategy: "recreate", because, isDoubtful: true };
}

interface Choice {
  readonly strategy: Strategy;
  readonly because?: string;
  readonly isDoubtful?: boolean;
}

function chooseStrategy(
  model: ComposeModel,
  shape: ServiceShape,
  {
    role,
    isUnsure,
    blocker,
  }: { readonly role: Role; readonly isUnsure: boolean; readonly blocker: Blocker | undefined },
  override: Partial<ServiceConfig>,
): Choice {
  // A job runs once in the candidate's slot; everything else but web and worker stays in base.
  if (role === "job") return { strategy: "slots" };
  if (role !== "web" && role !== "worker") return { strategy: "recreate" };
  if (override.strategy) return { strategy: override.strategy, because: `strategy ${override.strategy} is configured` };
  if (blocker) return { strategy: "recreate", because: `it cannot be two at once: ${blocker.reason}` };
  const [mount] = override.sharedVolumes ? [] : keptMounts(shape.service);
  if (mount) {
    return {
      strategy: "recreate",
      because: `it writes to ${mountText(mount, model)} (sharedVolumes: true if two may)`,
    };
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
