import { isRouted, mayBeRouted } from "../model/bridge-options.ts";
import { networkKeys } from "../model/networks.ts";
import type { FindingRule } from "./finding-rule.ts";

/** A network of a slot has other addresses than the compose file gives its own, and nothing beyond this machine routes them. */
export const slotNotRouted: FindingRule = (model, { service, strategy }) => {
  if (strategy !== "slots") return undefined;
  const keys = networkKeys(model.services[service]);
  const shut = keys.find((key) => !isRouted(model.networks?.[key]) && mayBeRouted(model.networks?.[key]));
  const routed = keys.find((key) => isRouted(model.networks?.[key]));
  const [key] = [shut, routed].filter((one) => one !== undefined);
  if (key === undefined) return undefined;
  const recreate = `set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`;
  const found = { code: "slot-not-routed", path: ["networks", key] } as const;
  return key === shut
    ? {
        ...found,
        severity: "warn",
        message: `${service} may get no answer from outside through network ${key}: it has enable_ip_masquerade: "false", and no router knows the addresses of slots`,
        hint: `give it another network for calls outside, or ${recreate}; where ${key} is meant to be shut in, all is well`,
      }
    : {
        ...found,
        severity: "info",
        message: `${service} calls outside through network ${key} with the address of this machine: nothing beyond it routes those of slots`,
        hint: `where a firewall knows it by its own address, ${recreate}`,
      };
};
