import { type ComposeModel, type ComposeService, checkoutNote } from "@sluice/core";
import { unescapeDollars } from "./dollars.ts";

/** Beginnings of the names of labels that are for proxies, as `traffic.proxyLabels` has them. */
export type LabelPrefixes = readonly string[];

/** Notes in the model whose labels go to doors, beside those of the proxies that are known: it is for as long as a release. Pure. */
export function withLabelPrefixes(model: ComposeModel, prefixes: LabelPrefixes): ComposeModel {
  if (prefixes.length === 0) return model;
  const note = { ...(model[checkoutNote] as object | undefined), proxyLabels: prefixes };
  return { ...model, [checkoutNote]: note };
}

/** None where none are noted. */
export function labelPrefixes(model: ComposeModel): LabelPrefixes {
  const { proxyLabels: noted } = (model[checkoutNote] ?? {}) as { readonly proxyLabels?: unknown };
  return Array.isArray(noted) ? noted.filter((one) => typeof one === "string") : [];
}

/** Labels by which Traefik and caddy-docker-proxy find what they serve, and those that are said to be for another proxy. */
export function isProxyLabel(name: string, prefixes: LabelPrefixes = []): boolean {
  const isKnown = name.startsWith("traefik.") || /^caddy(?:(?:_\d+)?(?:$|\.)|_ingress_network$)/.test(name);
  return isKnown || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Names of the networks on the engine on which a service's labels tell Traefik and caddy-docker-proxy to call it. */
export function proxyNetworks(service: ComposeService | undefined): readonly string[] {
  const labels = proxyLabels(service);
  const named = ["traefik.docker.network", "caddy_ingress_network"].map((name) => labels[name]);
  return named.filter((name) => name !== undefined && name !== "").map(String);
}

/** Variables by which nginx-proxy and its companion find what they serve. */
function isProxyVariable(name: string): boolean {
  return /^(?:VIRTUAL_(?:HOST|PORT|PATH|DEST|PROTO|ROOT)(?:_MULTIPORTS)?|LETSENCRYPT_\w+)$/.test(name);
}

/** The labels of a service that speak to a proxy; unescaped. */
export function proxyLabels(
  service: ComposeService | undefined,
  prefixes?: LabelPrefixes,
): Readonly<Record<string, string>> {
  return picked(service?.labels, (name) => isProxyLabel(name, prefixes));
}

/** The environment of a service that speaks to a proxy; unescaped. */
export function proxyVariables(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return picked(service?.environment, isProxyVariable);
}

/** What makes nginx-proxy and its companion find a container. */
const findingVariables: ReadonlySet<string> = new Set(["VIRTUAL_HOST", "VIRTUAL_HOST_MULTIPORTS", "LETSENCRYPT_HOST"]);

/**
 * Names of the variables that are for the door of a service alone, as in its own containers they would lead users past that. All else that
 * nginx-proxy reads means nothing to it there, and may be the application's, too. Where no `VIRTUAL_HOST` is set all are.
 */
export function doorVariables(service: ComposeService | undefined): readonly string[] {
  return isNginxProxied(service)
    ? Object.keys(service?.environment ?? {}).filter((name) => findingVariables.has(name))
    : [];
}

function isNginxProxied(service: ComposeService | undefined): boolean {
  const { VIRTUAL_HOST: host = "", VIRTUAL_HOST_MULTIPORTS: hosts = "" } = proxyVariables(service);
  return host + hosts !== "";
}

/** Who nginx-proxy lets in, and how, and what its companion asks for: of its documentation, "proxied container". */
const nginxVariable =
  /^(?:NETWORK_ACCESS|HTTPS_METHOD|HSTS|SSL_POLICY|CERT_NAME|SERVER_TOKENS|ENABLE_HTTP_ON_MISSING_CERT|EXTERNAL_HTTPS?_PORT|ACME_\w+|ACMESH_DNS_API_CONFIG|ZEROSSL_API_KEY)$/;

/** The one that ends in `nginx` marks the proxy itself. */
const nginxLabel = /^com\.github\.nginx-proxy\.nginx-proxy\.(?!nginx$)/;

/**
 * All that nginx-proxy and its companion read of a service that `VIRTUAL_HOST` leads them to; unescaped. Without it such names
 * are the application's own, and in its containers they tell a proxy nothing.
 */
export function nginxSettings(
  service: ComposeService | undefined,
): Readonly<Record<"labels" | "environment", Readonly<Record<string, string>>>> {
  if (!isNginxProxied(service)) return { labels: {}, environment: {} };
  return {
    labels: picked(service?.labels, (name) => nginxLabel.test(name)),
    environment: picked(service?.environment, (name) => nginxVariable.test(name)),
  };
}

/** A proxy is told to send users here. */
export function isProxied(service: ComposeService | undefined, prefixes?: LabelPrefixes): boolean {
  const labels = proxyLabels(service, prefixes);
  if (labels["traefik.enable"] === "false") return false;
  return Object.keys(labels).length > 0 || (proxyVariables(service)["VIRTUAL_HOST"] ?? "") !== "";
}

function picked(
  values: Readonly<Record<string, string | null>> | undefined,
  isWanted: (name: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values ?? {})
      .filter(([name]) => isWanted(name))
      .map(([name, value]) => [unescapeDollars(name), unescapeDollars(value ?? "")]),
  );
}
