import type { Confidence, Role } from "@sluice/core";
import type { ServiceShape } from "./service-shape.ts";
import type { Surroundings } from "./surroundings.ts";

export interface InferredRole {
  readonly role: Role;
  readonly confidence: Confidence;
  /** For a person, and for a file that is committed: no values of the service. */
  readonly reason: string;
}

/** Says what a service is, or nothing. */
export type Rule = (shape: ServiceShape, around: Surroundings) => InferredRole | false;

export const sure = (role: Role, reason: string): InferredRole => ({ role, confidence: "sure", reason });
export const likely = (role: Role, reason: string): InferredRole => ({ role, confidence: "likely", reason });
/** A person is asked, and the service is not made two of until then. */
export const ask = (role: Role, reason: string): InferredRole => ({ role, confidence: "ask", reason });
