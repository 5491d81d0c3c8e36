import type { ComposeService } from "@sluice/core";
import { doorVariables } from "../model/proxy-labels.ts";
import type { FindingRule } from "./finding-rule.ts";

/**
 * What refers to them by name would find them empty. Where nothing does, they are for the proxy, as in most projects; a service that has
 * their values under another name has what it needs.
 */
export const proxyVariableDropped: FindingRule = (model, { service, role, strategy }) => {
  const dropped = namedIn(model.services[service], doorVariables(model.services[service]));
  const [first] = dropped;
  return (
    role === "web" &&
    strategy === "slots" &&
    first !== undefined && {
      severity: "info",
      code: "proxy-variable-dropped",
      message: `the containers of ${service} in slots will not have ${dropped.join(" and ")}, which its environment, command or healthcheck names: a proxy would find them by that, and lead users past the door`,
      hint: `if ${service} reads that itself, give it the value under another name, too; or set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`,
      path: ["environment", first],
    }
  );
};

function namedIn(
  { environment = {}, command, entrypoint, healthcheck }: ComposeService = {},
  variables: readonly string[],
): readonly string[] {
  const texts = [
    ...Object.values(environment),
    ...(command ?? []),
    ...(entrypoint ?? []),
    ...(healthcheck?.disable ? [] : (healthcheck?.test ?? [])),
  ];
  return variables.filter((name) => texts.some((text) => text !== null && new RegExp(`\\b${name}\\b`).test(text)));
}
