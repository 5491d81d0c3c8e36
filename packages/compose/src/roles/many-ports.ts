import { isInSlot, listenPorts } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";
import { listeningPort, servicePorts } from "./listening-port.ts";

/** From here on the configuration of a door is hundreds of kilobytes, which its proxy reads at each of its starts. */
const most = 50;

/** A door has a way to each replica in each slot for each of them. */
export const manyPorts: FindingRule = (model, { service, role, strategy }, override) => {
  if (role !== "web" || !isInSlot({ role, strategy })) return undefined;
  const written = model.services[service] ?? {};
  const further = listenPorts(servicePorts(written, listeningPort(written, override))).length - 1;
  return (
    further > most && {
      severity: "warn",
      code: "ports-many",
      message: `${service} has ${further} ports beside the first one: its door listens at each of them, and is slow to start and large in memory`,
      hint: `expose only the ports that others call, or set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`,
      path: [written.expose === undefined ? "ports" : "expose"],
    }
  );
};
