import type { ComposeService } from "@sluice/core";
import { unescapeDollars } from "./dollars.ts";

/** Labels by which Traefik and caddy-docker-proxy find what they serve. */
export function isProxyLabel(name: string): boolean {
  return name.startsWith("traefik.") || /^caddy(?:_\d+)?(?:$|\.)/.test(name);
}

/** Variables by which nginx-proxy and its companion find what they serve. */
export function isProxyVariable(name: string): boolean {
  return /^(?:VIRTUAL_(?:HOST|PORT|PATH|DEST|PROTO)(?:_MULTIPORTS)?|LETSENCRYPT_\w+)$/.test(name);
}

/** The labels of a service that speak to a proxy; unescaped. */
export function proxyLabels(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return picked(service?.labels, isProxyLabel);
}

/** The environment of a service that speaks to a proxy; unescaped. */
export function proxyVariables(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return picked(service?.environment, isProxyVariable);
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
