import type { ComposeModel } from "@sluice/core";
import { baseOf } from "./base-as-released.ts";
import type { RollbackFacts, RollbackScope } from "./rollback-facts.ts";

/** The model of a release that is gone back to as its services will be made: what those in base have of a checkout is where that is now. */
export async function placedModel(
  { target, release, left }: Pick<RollbackFacts, "target" | "release" | "left">,
  { request, ports }: Pick<RollbackScope, "request" | "ports">,
): Promise<ComposeModel> {
  const inBase = baseOf(target);
  return (await ports.base.placed(release, inBase, request.project.model, left)).model;
}
