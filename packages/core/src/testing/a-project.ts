import type { ComposeModel, ComposeService } from "../model/compose.ts";
import type { Finding } from "../model/finding.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { ResolvedProject } from "../ports/stack-runtime.ts";
import { aService } from "./a-service.ts";

export interface ProjectParts {
  readonly stack?: string | undefined;
  readonly services?: readonly ServiceFacts[] | undefined;
  /** Image by service, where another than `NAME:1` is wanted; what makes a base service a changed one. */
  readonly images?: Readonly<Record<string, string>> | undefined;
  /** `pull_policy` by service. */
  readonly pullPolicies?: Readonly<Record<string, string>> | undefined;
  /** Named volume by service; its name on the engine is that after the stack's: `shop_NAME`. */
  readonly volumes?: Readonly<Record<string, string>> | undefined;
  /** By service; `null` for a variable that is given by its name, and not set. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string | null>>>> | undefined;
  /** Absolute. */
  readonly composeFiles?: readonly string[] | undefined;
  /** Default: the directory of the first of them. */
  readonly checkout?: string | undefined;
  readonly findings?: readonly Finding[] | undefined;
}

/** A resolved project whose model says what its services say. */
export function aProject({
  stack = "shop",
  services,
  images = {},
  pullPolicies = {},
  volumes = {},
  environment = {},
  composeFiles = ["/srv/shop/compose.yaml"],
  checkout = composeFiles[0]?.replace(/\/[^/]*$/, "") ?? "/srv/shop",
  findings = [],
}: ProjectParts = {}): ResolvedProject {
  const all = services ?? [aService("web"), aService("db", { role: "data" })];
  const model = modelOf(stack, all, { images, pullPolicies, volumes, environment });
  return {
    stack,
    directory: "/srv/shop",
    files: composeFiles,
    checkout,
    model,
    secrets: [],
    services: all,
    modelHash: JSON.stringify(model.services),
    findings,
  };
}

function modelOf(
  name: string,
  services: readonly ServiceFacts[],
  {
    images,
    pullPolicies,
    volumes,
    environment,
  }: Required<Pick<ProjectParts, "images" | "pullPolicies" | "volumes" | "environment">>,
): ComposeModel {
  const entries = services.map((service): [string, ComposeService] => [
    service.name,
    {
      image: images?.[service.name] ?? `${service.name}:1`,
      ...(pullPolicies?.[service.name] && { pull_policy: pullPolicies[service.name] }),
      ...(service.builds ? { build: { context: "." } } : {}),
      ports: service.ports.map(({ published, target, protocol }) => ({
        published: String(published),
        target,
        protocol,
      })),
      networks: Object.fromEntries(service.networks.map((network) => [network, null])),
      ...(environment?.[service.name] && { environment: environment[service.name] }),
      ...(volumes?.[service.name] && {
        volumes: [{ type: "volume", source: volumes[service.name], target: "/data" }],
      }),
    },
  ]);
  const named = Object.values(volumes ?? {}).map((volume) => [volume, { name: `${name}_${volume}` }]);
  return { name, services: Object.fromEntries(entries), volumes: Object.fromEntries(named) };
}
