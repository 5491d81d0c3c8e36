import { isInSlot } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";
import { listeningPort, protocolOf } from "./listening-port.ts";

/** A service has one protocol, and its door speaks that at every port of it: what speaks another one there answers nobody. */
export const oneProtocol: FindingRule = (model, { service, role, strategy }, override) => {
  const { ports = [], ...rest } = model.services[service] ?? {};
  if (role !== "web" || !isInSlot({ role, strategy }) || override.protocol) return undefined;
  // Where the door ends HTTPS it is the door's own port.
  const tcp = ports.filter(({ protocol, target }) => protocol !== "udp" && target !== override.https?.port);
  const targets = [...new Set(tcp.map(({ target }) => target))];
  const second = ports.findIndex(({ target }) => target === targets[1]);
  if (second < 0) return undefined;
  const spoken = protocolOf({ ports, ...rest }, listeningPort({ ports, ...rest }, override), override);
  return {
    severity: "warn",
    code: "ports-one-protocol",
    message: `${service} publishes ports ${targets.join(", ")}, and its door takes all of them for ${spoken}: a service has one protocol`,
    hint: `set services.${service}.protocol in sluice.yaml: http or h2 if all of them speak that, else tcp, which passes all of them on unread`,
    path: ["ports", second],
  };
};
