import type { ComposeModel, SlotRequest } from "@sluice/core";
import { assembled, type SlotModelOptions, slotService } from "./slot-model.ts";

/**
 * One job service as a one-off container in a slot's networks: the same project, never restarted.
 *
 * @throws SluiceError SUBNET_EXHAUSTED, IMAGE_MISSING, BUNDLE_INVALID
 */
export function jobModel(request: SlotRequest, service: string, options: SlotModelOptions): ComposeModel {
  const { deploy: _deploy, scale: _scale, ...once } = slotService(request, service, "job");
  return assembled(request, options, { [service]: { ...once, restart: "no" } });
}
