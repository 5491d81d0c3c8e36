import {
  clusterHead,
  portlessWeb,
  reachable,
  workerByCommand,
  workerByName,
  workerImage,
} from "./application-rules.ts";
import { dataImage, dataRules } from "./data-rules.ts";
import { edgeRules } from "./edge-rules.ts";
import { awaitedJob, jobByCommand, jobByName, jobImage, jobThatIsNotRestarted } from "./job-rules.ts";
import { ask, type InferredRole, likely, type Rule } from "./rule.ts";
import { replicasOf, type ServiceShape } from "./service-shape.ts";
import { supportRules } from "./support-rules.ts";
import type { Surroundings } from "./surroundings.ts";
import { toolByCommand, toolByName, toolByProfile, toolImage, toolWithPort } from "./tool-rules.ts";

/** In this order; the first that says something decides. What keeps data comes before what a name alone would say. */
const rules: readonly Rule[] = [
  awaitedJob,
  jobByName,
  jobImage,
  toolImage,
  dataImage,
  ...supportRules,
  ...edgeRules,
  jobByCommand,
  toolByName,
  toolByCommand,
  workerImage,
  workerByCommand,
  ...dataRules,
  workerByName,
  toolWithPort,
  clusterHead,
  jobThatIsNotRestarted,
  reachable,
  toolByProfile,
  ...portlessWeb,
];

export function inferRole(shape: ServiceShape, around: Surroundings): InferredRole {
  const inferred = firstOf(shape, around);
  // Compose starts none either, and does not wait for what is to complete: a person runs it, by `docker compose run`.
  const isKeptOut = inferred.role === "job" && replicasOf(shape.service) === 0;
  return isKeptOut ? likely("tool", "it would be a job, but it is scaled to nothing") : inferred;
}

function firstOf(shape: ServiceShape, around: Surroundings): InferredRole {
  for (const rule of rules) {
    const inferred = rule(shape, around);
    if (inferred) return inferred;
  }
  return ask("web", "no port, no router label, and nothing else tells what it does");
}
