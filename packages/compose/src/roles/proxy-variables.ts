import { doorVariables } from "../model/proxy-labels.ts";
import type { FindingRule } from "./finding-rule.ts";

/** An application that reads them itself, to make links of its own, would find them empty. */
export const proxyVariableDropped: FindingRule = (model, { service, strategy }) => {
  const dropped = doorVariables(model.services[service]);
  const [first] = dropped;
  return (
    strategy === "slots" &&
    first !== undefined && {
      severity: "info",
      code: "proxy-variable-dropped",
      message: `the containers of ${service} in slots will not have ${dropped.join(" and ")}: a proxy would find them by that, and lead users past the door`,
      hint: `if ${service} reads that itself, give it the value under another name, too; or set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`,
      path: ["environment", first],
    }
  );
};
