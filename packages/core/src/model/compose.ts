/**
 * The resolved compose model: Compose's canonical JSON (`config --format json`), of which only what Sluice reads is
 * named here. Everything else is kept as it came. Values can be secret.
 */
export interface ComposeModel {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, ComposeNetwork | null>> | undefined;
  readonly volumes?: Readonly<Record<string, ComposeVolume | null>> | undefined;
  readonly secrets?: Readonly<Record<string, ComposeFileObject>> | undefined;
  readonly configs?: Readonly<Record<string, ComposeFileObject>> | undefined;
  readonly [key: string]: unknown;
}

export interface ComposeService {
  readonly image?: string | undefined;
  readonly build?: Readonly<Record<string, unknown>> | undefined;
  readonly command?: readonly string[] | null | undefined;
  readonly entrypoint?: readonly string[] | null | undefined;
  readonly environment?: Readonly<Record<string, string | null>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly ports?: readonly ComposePort[] | undefined;
  readonly expose?: readonly (string | number)[] | undefined;
  readonly networks?: Readonly<Record<string, ComposeServiceNetwork | null>> | undefined;
  readonly network_mode?: string | undefined;
  readonly volumes?: readonly ComposeMount[] | undefined;
  readonly depends_on?: Readonly<Record<string, ComposeDependency>> | undefined;
  readonly healthcheck?: ComposeHealthcheck | undefined;
  readonly restart?: string | undefined;
  readonly container_name?: string | undefined;
  readonly hostname?: string | undefined;
  readonly scale?: number | undefined;
  readonly deploy?: { readonly replicas?: number | undefined; readonly [key: string]: unknown } | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly stop_grace_period?: string | undefined;
  readonly devices?: readonly unknown[] | undefined;
  readonly privileged?: boolean | undefined;
  readonly security_opt?: readonly string[] | undefined;
  readonly secrets?: readonly ComposeFileUse[] | undefined;
  readonly configs?: readonly ComposeFileUse[] | undefined;
  readonly [key: string]: unknown;
}

export interface ComposePort {
  readonly mode?: string | undefined;
  readonly host_ip?: string | undefined;
  readonly target: number;
  /** A string in canonical form; absent for a random host port. */
  readonly published?: string | undefined;
  readonly protocol?: string | undefined;
}

export interface ComposeServiceNetwork {
  readonly aliases?: readonly string[] | undefined;
  readonly ipv4_address?: string | undefined;
  readonly [key: string]: unknown;
}

export interface ComposeMount {
  readonly type: "volume" | "bind" | "tmpfs" | (string & {});
  readonly source?: string | undefined;
  readonly target: string;
  readonly read_only?: boolean | undefined;
  readonly [key: string]: unknown;
}

export interface ComposeDependency {
  readonly condition?: "service_started" | "service_healthy" | "service_completed_successfully" | undefined;
  readonly required?: boolean | undefined;
  readonly restart?: boolean | undefined;
}

export interface ComposeHealthcheck {
  readonly test?: readonly string[] | undefined;
  readonly interval?: string | undefined;
  readonly timeout?: string | undefined;
  readonly retries?: number | undefined;
  readonly start_period?: string | undefined;
  readonly start_interval?: string | undefined;
  readonly disable?: boolean | undefined;
}

export interface ComposeNetwork {
  readonly name?: string | undefined;
  readonly external?: boolean | undefined;
  readonly internal?: boolean | undefined;
  readonly driver?: string | undefined;
  readonly [key: string]: unknown;
}

export interface ComposeVolume {
  readonly name?: string | undefined;
  readonly external?: boolean | undefined;
  readonly [key: string]: unknown;
}

/** What a service says of a secret or config that it has. */
export interface ComposeFileUse {
  readonly source: string;
  readonly target?: string | undefined;
  readonly uid?: string | undefined;
  readonly gid?: string | undefined;
  /** Newer Compose writes the octal digits. */
  readonly mode?: number | string | undefined;
}

export interface ComposeFileObject {
  readonly name?: string | undefined;
  readonly file?: string | undefined;
  /** Name of a variable that holds the content. */
  readonly environment?: string | undefined;
  readonly content?: string | undefined;
  readonly external?: boolean | undefined;
  readonly [key: string]: unknown;
}
