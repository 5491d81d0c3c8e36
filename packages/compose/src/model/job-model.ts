import type { ComposeModel, SlotRequest } from "@sluice/core";
import { assembled, jobService, type SlotModelOptions } from "./slot-model.ts";

/**
 * One job service alone, in a slot's networks and project.
 *
 * @throws SluiceError SUBNET_EXHAUSTED, IMAGE_MISSING, BUNDLE_INVALID
 */
export function jobModel(request: SlotRequest, service: string, options: SlotModelOptions): ComposeModel {
  return assembled(request, options, { [service]: jobService(request, service) });
}
