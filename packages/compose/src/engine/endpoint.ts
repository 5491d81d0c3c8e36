import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isSluiceError, SluiceError } from "@sluice/core";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the Docker API of the engine is, found as the `docker` command finds it. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | {
      readonly kind: "ssh";
      readonly destination: string;
      readonly port: string | undefined;
      /** On the machine there; `undefined`: what its own `docker` command takes. */
      readonly socketPath: string | undefined;
    }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** `null` for an engine that is spoken to in plain text. */
      readonly tls: Tls | null;
    };

/** Contents of PEM files: who may have signed the engine's certificate, and our own one where the engine asks for it. */
export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const defaultSocket = "/var/run/docker.sock";

/**
 * Resolves `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of Docker's `config.json`, else the default socket.
 *
 * @throws SluiceError ENGINE_UNREACHABLE when what is named cannot be read
 */
export async function resolveEndpoint(env: Environment): Promise<Endpoint> {
  const host = env["DOCKER_HOST"];
  if (host) return parseHost(host, env["DOCKER_TLS_VERIFY"] ? await readCertificates(certPath(env)) : null);
  const context = await currentContext(env);
  return context === "default" ? { kind: "unix", socketPath: defaultSocket } : contextEndpoint(context, env);
}

/** @throws SluiceError ENGINE_UNREACHABLE */
export function parseHost(host: string, tls: Tls | null = null): Endpoint {
  if (host.startsWith("unix://")) return { kind: "unix", socketPath: host.slice(7) || defaultSocket };
  const url = URL.parse(host.includes("://") ? host : `tcp://${host}`);
  const [username, path] = [decoded(url?.username), decoded(url?.pathname)];
  if (url?.protocol === "ssh:" && url.hostname && username !== undefined && path !== undefined) {
    const destination = `${username && `${username}@`}${url.hostname}`;
    return { kind: "ssh", destination, port: url.port || undefined, socketPath: /[^/]/.test(path) ? path : undefined };
  }
  if (url && /^(tcp|https?):$/.test(url.protocol) && url.hostname) {
    return { kind: "tcp", host: url.hostname, port: Number(url.port || (tls ? 2376 : 2375)), tls };
  }
  throw new SluiceError("ENGINE_UNREACHABLE", `Docker host ${JSON.stringify(host)} is of no known form`, {
    hint: "set DOCKER_HOST to unix:///path, ssh://user@host, ssh://user@host/path or tcp://host:port",
  });
}

/** `undefined` for what no URL can hold. */
function decoded(text = ""): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** As the `docker` command: each of the three files as it is there. One that is there and cannot be read is an error. */
async function readCertificates(directory: string): Promise<Tls> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => readIfThere(join(directory, name))),
  );
  if ((cert === undefined) !== (key === undefined)) {
    throw new SluiceError("ENGINE_UNREACHABLE", `${directory} holds one of cert.pem and key.pem, and not the other`, {
      hint: "they belong together: put both there, or neither",
    });
  }
  return { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new SluiceError("ENGINE_UNREACHABLE", `${path} cannot be read`, {
      hint: "without it the engine would be spoken to in plain text; give the user that deploys the right to read it",
      cause,
    });
  }
}

function configDirectory(env: Environment): string {
  return env["DOCKER_CONFIG"] || join(env["HOME"] || "/root", ".docker");
}

function certPath(env: Environment): string {
  return env["DOCKER_CERT_PATH"] || configDirectory(env);
}

async function currentContext(env: Environment): Promise<string> {
  if (env["DOCKER_CONTEXT"]) return env["DOCKER_CONTEXT"];
  const path = join(configDirectory(env), "config.json");
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const config: unknown = JSON.parse(text.trim() || "{}");
    const name = (config as { currentContext?: unknown } | null)?.currentContext;
    return typeof name === "string" && name ? name : "default";
  } catch (cause) {
    throw new SluiceError("ENGINE_UNREACHABLE", `${path} is damaged: it is no JSON`, {
      hint: "it names the context whose engine is meant: mend it, or set DOCKER_HOST or DOCKER_CONTEXT, which go before it",
      cause,
    });
  }
}

async function contextEndpoint(name: string, env: Environment): Promise<Endpoint> {
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(configDirectory(env), "contexts");
  try {
    const meta: unknown = JSON.parse(await readFile(join(contexts, "meta", id, "meta.json"), "utf8"));
    const host = (meta as { Endpoints?: { docker?: { Host?: string } } }).Endpoints?.docker?.Host;
    const found = host?.startsWith("tcp:") ? await readCertificates(join(contexts, "tls", id, "docker")) : {};
    // A context without certificates is one without TLS, by `docker context create --docker host=tcp://…`.
    return parseHost(host ?? "", Object.keys(found).length > 0 ? found : null);
  } catch (cause) {
    if (isSluiceError(cause)) throw cause;
    throw new SluiceError("ENGINE_UNREACHABLE", `Docker context ${JSON.stringify(name)} cannot be used`, {
      hint: "see `docker context ls`",
      cause,
    });
  }
}
