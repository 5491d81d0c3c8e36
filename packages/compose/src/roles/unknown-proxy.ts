import { isProxyLabel } from "../model/proxy-labels.ts";
import type { FindingRule } from "./finding-rule.ts";

/** Proxies that are told by labels whom to lead users to, beside those that doors are made known to. */
const otherProxies = /^(?:easyhaproxy|tsdproxy|docktail|com\.df|swag)(?:[._]|$)/;

/** What others would call a name of users: `proxy.acme.host: shop.example.com`. */
const saysHost = /(?:^|[._-])(?:host|hosts|host_?name|domains?|vhost|fqdn|server_?name)$/i;
const hostNames = /^[\w*-]+(?:\.[\w-]+)+(?:\s*,\s*[\w*-]+(?:\.[\w-]+)+)*$/;

/** Such a proxy goes by containers: to it, one of a candidate is one more that users may be led to. */
export const unknownProxy: FindingRule = (model, { service, role, strategy }) => {
  const labels = Object.entries(model.services[service]?.labels ?? {});
  const [label] =
    labels.find(
      ([name, value]) =>
        !isProxyLabel(name) && (otherProxies.test(name) || (saysHost.test(name) && hostNames.test(value))),
    ) ?? [];
  if (role !== "web" || strategy !== "slots" || label === undefined) return undefined;
  return {
    severity: "warn",
    code: "proxy-unknown",
    message: `label ${label} of ${service} may have a proxy lead users to its containers, past its door: to those of a candidate, too`,
    hint: `have that proxy lead to http://${service} by its own configuration, without the label: the door answers there; or set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`,
    path: ["labels", label],
  };
};
