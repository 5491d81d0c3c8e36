import { isProxyLabel, labelPrefixes } from "../model/proxy-labels.ts";
import type { FindingRule } from "./finding-rule.ts";

/** Proxies that are told by labels whom to lead users to, beside those that doors are made known to. */
const otherProxies = /^(?:easyhaproxy|tsdproxy|docktail|com\.df|swag)(?:[._]|$)/;

/** What others would call a name of users: `proxy.acme.host: shop.example.com`. */
const saysHost = /(?:^|[._-])(?:host|hosts|host_?name|domains?|vhost|fqdn|server_?name)$/i;
const hostNames = /^[\w*-]+(?:\.[\w-]+)+(?:\s*,\s*[\w*-]+(?:\.[\w-]+)+)*$/;

/** Such a proxy goes by containers: to it, one of a candidate is one more that users may be led to. */
export const unknownProxy: FindingRule = (model, { service, role, strategy }) => {
  const labels = Object.entries(model.services[service]?.labels ?? {});
  const prefixes = labelPrefixes(model);
  const [label] =
    labels.find(
      ([name, value]) =>
        !isProxyLabel(name, prefixes) && (otherProxies.test(name) || (saysHost.test(name) && hostNames.test(value))),
    ) ?? [];
  if (role !== "web" || strategy !== "slots" || label === undefined) return undefined;
  return {
    severity: "warn",
    code: "proxy-unknown",
    message: `label ${label} of ${service} may have a proxy lead users to its containers, past its door: to those of a candidate, too`,
    hint: `name its labels in sluice.yaml (traffic.proxyLabels: ["${prefixOf(label)}"]): the door has them then, and no other container (a port that they name is to be one that the service exposes); or have that proxy lead to http://${service} by its own configuration; or set services.${service}.strategy: recreate (a gap at each deployment)`,
    path: ["labels", label],
  };
};

/** What labels for the same proxy begin with: its name where it is known, else all but the last word. */
function prefixOf(label: string): string {
  return otherProxies.exec(label)?.[0] ?? label.replace(/(?<=[._-])[^._-]*$/, "");
}
