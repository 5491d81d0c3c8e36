import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the Docker API of the engine is, found as the `docker` command finds it. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "ssh"; readonly destination: string; readonly port: string | undefined }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | null;
    };

const defaultSocket = "/var/run/docker.sock";

/**
 * Resolves `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of Docker's `config.json`, else the default socket.
 *
 * @throws SluiceError ENGINE_UNREACHABLE when what is named cannot be read
 */
export async function resolveEndpoint(env: Environment): Promise<Endpoint> {
  const host = env["DOCKER_HOST"];
  if (host) return parseHost(host, await tlsFrom(env["DOCKER_TLS_VERIFY"] ? certPath(env) : undefined));
  const context = await currentContext(env);
  return context === "default" ? { kind: "unix", socketPath: defaultSocket } : contextEndpoint(context, env);
}

/** @throws SluiceError ENGINE_UNREACHABLE */
export function parseHost(host: string, tls: Tls | null = null): Endpoint {
  if (host.startsWith("unix://")) return { kind: "unix", socketPath: host.slice(7) || defaultSocket };
  const url = URL.parse(host.includes("://") ? host : `tcp://${host}`);
  if (url?.protocol === "ssh:" && url.hostname) {
    const user = url.username ? `${decodeURIComponent(url.username)}@` : "";
    return { kind: "ssh", destination: `${user}${url.hostname}`, port: url.port || undefined };
  }
  if (url && /^(tcp|https?):$/.test(url.protocol) && url.hostname) {
    return { kind: "tcp", host: url.hostname, port: Number(url.port || (tls ? 2376 : 2375)), tls };
  }
  throw new SluiceError("ENGINE_UNREACHABLE", `Docker host ${JSON.stringify(host)} is of no known form`, {
    hint: "set DOCKER_HOST to unix:///path, ssh://user@host or tcp://host:port",
  });
}

type Tls = NonNullable<Extract<Endpoint, { kind: "tcp" }>["tls"]>;

async function tlsFrom(directory: string | undefined): Promise<Tls | null> {
  if (!directory) return null;
  try {
    const [ca, cert, key] = await Promise.all(
      ["ca.pem", "cert.pem", "key.pem"].map((name) => readFile(join(directory, name))),
    );
    return ca && cert && key ? { ca, cert, key } : null;
  } catch (cause) {
    throw new SluiceError("ENGINE_UNREACHABLE", `certificates in ${directory} cannot be read`, { cause });
  }
}

function configDirectory(env: Environment): string {
  return env["DOCKER_CONFIG"] ?? join(env["HOME"] ?? "/root", ".docker");
}

function certPath(env: Environment): string {
  return env["DOCKER_CERT_PATH"] ?? configDirectory(env);
}

async function currentContext(env: Environment): Promise<string> {
  if (env["DOCKER_CONTEXT"]) return env["DOCKER_CONTEXT"];
  const text = await readFile(join(configDirectory(env), "config.json"), "utf8").catch(() => "{}");
  const config: unknown = JSON.parse(text);
  const name = (config as { currentContext?: unknown } | null)?.currentContext;
  return typeof name === "string" && name ? name : "default";
}

async function contextEndpoint(name: string, env: Environment): Promise<Endpoint> {
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(configDirectory(env), "contexts");
  try {
    const meta: unknown = JSON.parse(await readFile(join(contexts, "meta", id, "meta.json"), "utf8"));
    const host = (meta as { Endpoints?: { docker?: { Host?: string } } }).Endpoints?.docker?.Host;
    const certificates = join(contexts, "tls", id, "docker");
    const tls = host?.startsWith("tcp:") ? await tlsFrom(certificates).catch(() => null) : null;
    return parseHost(host ?? "", tls);
  } catch (cause) {
    throw new SluiceError("ENGINE_UNREACHABLE", `Docker context ${JSON.stringify(name)} cannot be used`, {
      hint: "see `docker context ls`",
      cause,
    });
  }
}
