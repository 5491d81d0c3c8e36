import type { ComposeModel, Finding, RoleDecision } from "@sluice/core";
import type { RoleOverrides } from "./classify-services.ts";

/** A finding, and where in the compose model its cause is. */
export interface ServiceFinding extends Finding {
  readonly path: readonly (string | number)[];
}

/** What one rule has to say of a service. */
export type FindingRule = (
  model: ComposeModel,
  decision: RoleDecision,
  override: NonNullable<RoleOverrides[string]>,
  decisions: readonly RoleDecision[],
) => Omit<ServiceFinding, "service"> | undefined | false;
