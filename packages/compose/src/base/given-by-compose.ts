import type { ComposeModel, ComposeService } from "@sluice/core";
import { composeLabels } from "../engine/containers.ts";
import { escapeDollars } from "../model/dollars.ts";

/** What is asked of a container that Compose made. */
export interface MadeContainer {
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env?: readonly string[] | null | undefined;
  };
  readonly Mounts?: readonly { readonly Source: string; readonly Destination: string }[] | undefined;
}

const socket = "/var/run/docker.sock";
const credentials = "/run/secrets/docker";

/** Whether Compose adds something to a service of the model when it makes its container, which `config --hash` does not count. */
export function isGivenMore({ services }: ComposeModel): boolean {
  return Object.values(services).some(hasMore);
}

function hasMore(service: ComposeService): boolean {
  return service["use_api_socket"] === true || Object.keys(service["models"] ?? {}).length > 0;
}

/**
 * As Compose hashes what uses the engine's socket (`use_api_socket`) or AI models (`models`): with the mount, the config and the
 * variables that it gives them. What it asks others for, where the socket is and where models answer, is taken from the containers
 * that are there; what has none stays as it is. Compose reads it under `--no-consistency` alone. Pure.
 */
export function asGivenMore(model: ComposeModel, containers: readonly MadeContainer[]): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const made = containers.find(({ Config }) => Config.Labels[composeLabels.service] === name);
    return [name, made && hasMore(service) ? withSocket(withModels(service, model, made), made) : service] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}

function withSocket(service: ComposeService, { Mounts = [] }: MadeContainer): ComposeService {
  const source = Mounts.find(({ Destination }) => Destination === socket)?.Source;
  if (service["use_api_socket"] !== true || source === undefined) return service;
  const { volumes = [], configs = [], environment = {} } = service;
  return {
    ...service,
    volumes: [...volumes, { type: "bind", source: escapeDollars(source), target: socket }],
    environment: { DOCKER_CONFIG: credentials, ...environment },
    configs: [...configs, { source: "#apisocket", target: `${credentials}/config.json` }],
  };
}

function withModels(service: ComposeService, model: ComposeModel, { Config }: MadeContainer): ComposeService {
  const used = Object.entries((service["models"] ?? {}) as Readonly<Record<string, UsedModel | null>>);
  if (used.length === 0) return service;
  const all = (model["models"] ?? {}) as Readonly<Record<string, { readonly model?: string } | undefined>>;
  const given = used.flatMap(([key, names]) => {
    const prefix = key.toUpperCase().replaceAll("-", "_");
    const endpoint = names?.endpoint_var ?? `${prefix}_URL`;
    const answers = (Config.Env ?? []).find((line) => line.startsWith(`${endpoint}=`));
    return [
      [names?.model_var ?? `${prefix}_MODEL`, all[key]?.model ?? ""] as const,
      ...(answers === undefined ? [] : [[endpoint, escapeDollars(answers.slice(endpoint.length + 1))] as const]),
    ];
  });
  return { ...service, environment: { ...service.environment, ...Object.fromEntries(given) } };
}

interface UsedModel {
  readonly endpoint_var?: string;
  readonly model_var?: string;
}
