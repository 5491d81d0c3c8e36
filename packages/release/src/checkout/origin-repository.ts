import { execFile } from "node:child_process";
import { runGit } from "./run-git.ts";

/** What a remote is of. */
export interface RemoteRepository {
  /** In small letters, with a port where that is one of https. */
  readonly host: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The host may be an alias that the ssh of another user knows, and this one's does not. Default false. */
  readonly mayBeAlias?: boolean;
}

/**
 * Host, owner and name of the remote `origin` of a checkout; `null` where there is none. A host that is an alias of ssh is the one that
 * ssh takes it for.
 *
 * @param directory absolute path
 */
export async function originRepository(directory: string, signal?: AbortSignal): Promise<RemoteRepository | null> {
  const { exitCode, stdout } = await runGit(directory, ["remote", "get-url", "origin"], signal);
  const url = stdout.trim();
  const found = exitCode === 0 ? repositoryOfRemote(url) : null;
  if (!found || /^(?:https?|git):/.test(url) || found.host === publicHost) return found;
  const host = named(await hostOfAlias(found.host, signal));
  return { ...found, host, ...(host === found.host && aliasLike.test(host) ? { mayBeAlias: true } : {}) };
}

/** Host, owner and name of `https://HOST/owner/name.git`, `git@HOST:owner/name` and the like; `null` for a local path. Pure. */
export function repositoryOfRemote(url: string): RemoteRepository | null {
  const [, scheme, authority, place, path] =
    /^(?:([a-z+]+):\/\/(?:[^/@]*@)?([^/@]+)\/|[^/:@]+@([^/:]+):\/?)(.+)$/.exec(url) ?? [];
  const [, host, port = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)(:\d+)?$/.exec(authority ?? place ?? "") ?? [];
  const [, owner, name] = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+?)(?:\.git)?\/?$/.exec(path ?? "") ?? [];
  if (!host || !owner || !name) return null;
  return { host: `${named(host)}${scheme === "https" ? port : ""}`, repository: `${owner}/${name}` };
}

const publicHost = "github.com";

/** Names as people give to hosts of their own, such as `github-shop` and `github.com-shop`. */
const aliasLike = /^(?:[^.]+|github\.com-[^.]+)$/;

/** `ssh.github.com` takes ssh at the port of https. */
function named(host: string): string {
  const lowered = host.toLowerCase();
  return lowered === `ssh.${publicHost}` ? publicHost : lowered;
}

const sshTimeoutMs = 5_000;

/** People with several accounts name hosts of their own in `~/.ssh/config`. Without an answer the host is what it is called. */
function hostOfAlias(alias: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("ssh", ["-G", alias], { signal, timeout: sshTimeoutMs }, (error, stdout) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve((!error && /^hostname (\S+)$/m.exec(stdout)?.[1]) || alias);
    });
  });
}
