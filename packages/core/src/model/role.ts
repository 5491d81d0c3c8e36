/** What a service is to a deployment. */
export const roles = ["web", "worker", "job", "data", "edge", "support", "tool"] as const;
export type Role = (typeof roles)[number];

/** Where a service lives: two at once in slots, or one in base that is replaced stop-first. */
export type Strategy = "slots" | "recreate";

/** How sure the inference is; `ask` means that a person must say before anything is made two of. */
export type Confidence = "configured" | "sure" | "likely" | "ask";

export interface RoleDecision {
  readonly service: string;
  readonly role: Role;
  readonly strategy: Strategy;
  readonly confidence: Confidence;
  /** Why, in words a person can check against the compose file. */
  readonly reason: string;
}
