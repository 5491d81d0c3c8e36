import { type ComposeService, isInSlot, listenPorts } from "@sluice/core";
import { type LabelPrefixes, labelPrefixes, namedProxyLabels } from "../model/proxy-labels.ts";
import type { FindingRule } from "./finding-rule.ts";
import { listeningPort, servicePorts } from "./listening-port.ts";
import { shapeOf } from "./service-shape.ts";
import { addressedPorts } from "./surroundings.ts";

/** What stays in base meets the door by the service's name, where it met its containers before: these had all their ports open to it. */
export const portWithoutDoor: FindingRule = (model, { service, role, strategy }, override, decisions) => {
  if (role !== "web" || !isInSlot({ role, strategy })) return undefined;
  const facts = model.services[service] ?? {};
  const prefixes = labelPrefixes(model);
  const open = listenPorts(servicePorts(facts, listeningPort(facts, override, prefixes), prefixes));
  const callers = decisions.filter((other) => other.service !== service && other.strategy === "recreate");
  const [call] = callers.flatMap(({ service: caller }) => {
    const ports = addressedPorts(shapeOf(caller, model.services[caller] ?? {}), service);
    return ports.flatMap((port) => (open.includes(port) ? [] : [{ caller, port }]));
  });
  if (call) {
    return {
      severity: "warn",
      code: "port-without-door",
      message: `${call.caller} calls ${service} at port ${call.port}, where its door does not listen`,
      hint: `add expose: ["${call.port}"] to ${service} in the compose file, if it listens there`,
      path: [],
    };
  }
  const [label, value] = unreadLabel(facts, prefixes, open) ?? [];
  return (
    label !== undefined && {
      severity: "warn",
      code: "port-without-door",
      message: `label ${label} of ${service} ("${value}") may name a port where its door does not listen (${open.join(", ")})`,
      hint: `add to expose of ${service} in the compose file the port that the label leads to`,
      path: ["labels", label],
    }
  );
};

/** Of a proxy that is not known, with numbers for ports, none of them one of these. */
function unreadLabel(service: ComposeService, prefixes: LabelPrefixes, open: readonly number[]) {
  return Object.entries(namedProxyLabels(service, prefixes)).find(([name, value]) => {
    const numbers = [...value.matchAll(/\d+/g)].map(([text]) => Number(text));
    return /ports?(?:[._-]|$)/i.test(name) && numbers.length > 0 && !numbers.some((port) => open.includes(port));
  });
}
