import type { ComposeService } from "@sluice/core";
import { unescapeDollars } from "./dollars.ts";

/** Labels by which Traefik and caddy-docker-proxy find what they serve. */
export function isProxyLabel(name: string): boolean {
  return name.startsWith("traefik.") || /^caddy(?:_\d+)?(?:$|\.)/.test(name);
}

/** Variables by which nginx-proxy and its companion find what they serve. */
export function isProxyVariable(name: string): boolean {
  return /^(?:VIRTUAL_(?:HOST|PORT|PATH|DEST|PROTO|ROOT)(?:_MULTIPORTS)?|LETSENCRYPT_\w+)$/.test(name);
}

/** The labels of a service that speak to a proxy; unescaped. */
export function proxyLabels(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return picked(service?.labels, isProxyLabel);
}

/** The environment of a service that speaks to a proxy; unescaped. */
export function proxyVariables(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return picked(service?.environment, isProxyVariable);
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
  const { VIRTUAL_HOST: host = "", VIRTUAL_HOST_MULTIPORTS: hosts = "" } = proxyVariables(service);
  if (host + hosts === "") return { labels: {}, environment: {} };
  return {
    labels: picked(service?.labels, (name) => nginxLabel.test(name)),
    environment: picked(service?.environment, (name) => nginxVariable.test(name)),
  };
}

/** A proxy is told to send users here. */
export function isProxied(service: ComposeService | undefined): boolean {
  const labels = proxyLabels(service);
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
