import { isInSlot, listenPorts } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";
import { listeningPort, servicePorts } from "./listening-port.ts";
import { shapeOf } from "./service-shape.ts";
import { addressedPorts } from "./surroundings.ts";

/** What stays in base meets the door by the service's name, where it met its containers before: these had all their ports open to it. */
export const portWithoutDoor: FindingRule = (model, { service, role, strategy }, override, decisions) => {
  if (role !== "web" || !isInSlot({ role, strategy })) return undefined;
  const facts = model.services[service] ?? {};
  const open = listenPorts(servicePorts(facts, listeningPort(facts, override)));
  const callers = decisions.filter((other) => other.service !== service && other.strategy === "recreate");
  const [call] = callers.flatMap(({ service: caller }) => {
    const ports = addressedPorts(shapeOf(caller, model.services[caller] ?? {}), service);
    return ports.flatMap((port) => (open.includes(port) ? [] : [{ caller, port }]));
  });
  return (
    call && {
      severity: "warn",
      code: "port-without-door",
      message: `${call.caller} calls ${service} at port ${call.port}, where its door does not listen`,
      hint: `add expose: ["${call.port}"] to ${service} in the compose file, if it listens there`,
      path: [],
    }
  );
};
