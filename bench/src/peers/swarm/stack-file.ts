import { haproxyDefaults } from "../haproxy-defaults.ts";

/** A service of the resolved Compose model, as far as it matters here. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>> | null;
  readonly healthcheck?: unknown;
  readonly mem_limit?: string | number;
  readonly ports?: readonly { readonly target: number }[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly volumes?: readonly unknown[];
}

export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

export interface StackOptions {
  /** The service that users reach. */
  readonly web: string;
  /** Where they do. */
  readonly port: number;
  /** Image of the proxy, and its configuration's file beside the stack file. */
  readonly door: { readonly image: string; readonly config: string };
}

/** The image of what is built: the version's own, or a rollback would find the new version under the old name. */
export const builtImage = "${IMAGE}";

/** What a person who reads the documentation asks for; `start-first` on the way back too, which is not the default. */
const careful = {
  update_config: { order: "start-first", monitor: "30s", failure_action: "rollback" },
  rollback_config: { order: "start-first" },
};

/**
 * A Compose project as a stack of Swarm: what Swarm does not know (`build`, `depends_on`, `restart`) is left out, and so
 * are services that run once, as it has none.
 *
 * One task of each service: so many containers serve with the other ways to deploy. A published port of `web` itself
 * would have to be in the mode `ingress`, for which the kernel needs IPVS (`host` excludes `start-first`: two tasks
 * cannot have one port). Here, as often in front of Swarm, a proxy has the port, in the mode `host`, and finds the
 * tasks by DNS (`dnsrr`): it is not replaced by a deployment.
 */
export function stackFile(model: ComposeModel, { web, port, door }: StackOptions) {
  const lasting = Object.entries(model.services).filter(([, { restart }]) => restart !== "no");
  const services: Record<string, unknown> = Object.fromEntries(
    lasting.map(([name, service]) => [name, swarmService(service, name === web)]),
  );
  const target = model.services[web]?.ports?.[0]?.target;
  const ports = [{ target, published: port, protocol: "tcp", mode: "host" }];
  const configs = [{ source: "door", target: "/etc/haproxy/haproxy.cfg" }];
  services["door"] = { image: door.image, ports, configs, deploy: { endpoint_mode: "dnsrr" } };
  return {
    services,
    // A migration is run by hand, on the network of the stack.
    networks: { default: { attachable: true } },
    volumes: Object.fromEntries(Object.keys(model.volumes ?? {}).map((name) => [name, {}])),
    configs: { door: { file: door.config } },
  };
}

function swarmService(service: ComposeService, isWeb: boolean) {
  const { image, build, command, environment, healthcheck, mem_limit, stop_grace_period, volumes } = service;
  const limits = mem_limit === undefined ? {} : { resources: { limits: { memory: String(mem_limit) } } };
  return {
    image: build === undefined ? image : builtImage,
    ...given({ command, environment, healthcheck, stop_grace_period, volumes }),
    deploy: { replicas: 1, endpoint_mode: "dnsrr", ...limits, ...(isWeb ? careful : {}) },
  };
}

/** Without what is absent, which Compose writes as `null`. */
const given = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

/**
 * HAProxy before the tasks of a service. Which of them take requests Docker's own DNS says, as it does to Swarm's ingress:
 * HAProxy has no checks of its own, which on a busy machine would take the only task for dead.
 */
export const doorConfig = (service: string, port: number): string => `global
  maxconn 4000
resolvers docker
  nameserver dns 127.0.0.11:53
  timeout resolve 500ms
  timeout retry 500ms
  hold valid 500ms
  hold obsolete 0s
${haproxyDefaults}
frontend users
  bind :${port}
  default_backend tasks
backend tasks
  server-template task 4 tasks.${service}:${port} resolvers docker resolve-prefer ipv4 init-addr none
`;
