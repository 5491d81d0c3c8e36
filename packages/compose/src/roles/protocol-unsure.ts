import { isInSlot } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";
import { listeningPort } from "./listening-port.ts";
import { unsurePorts } from "./protocols.ts";

/** Another port is taken to speak what the service speaks where it listens: what speaks something else there answers nobody. */
export const protocolUnsure: FindingRule = (model, { service, role, strategy }, override) => {
  const facts = model.services[service] ?? {};
  const main = listeningPort(facts, override);
  const { protocol, ports } = unsurePorts(facts, main, override);
  const [first] = ports;
  const index = (facts.ports ?? []).findIndex(({ target }) => target === first);
  if (role !== "web" || !isInSlot({ role, strategy }) || first === undefined) return undefined;
  return {
    severity: "warn",
    code: "protocol-unsure",
    message: `${service} listens on ${[main, ...ports].join(", ")}, and its door takes all of them for ${protocol}, as nothing tells`,
    hint: `set services.${service}.protocol in sluice.yaml: ${protocol} if it speaks that at all of them, or one for each port, such as { ${main}: ${protocol}, ${first}: tcp }`,
    path: index < 0 ? [] : ["ports", index],
  };
};
