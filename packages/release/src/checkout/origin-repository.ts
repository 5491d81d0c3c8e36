import { execFile } from "node:child_process";
import { SluiceError } from "@sluice/core";
import { findRoot } from "./find-root.ts";
import { runGit } from "./run-git.ts";

/** What a remote is of. */
export interface RemoteRepository {
  /** In small letters, with a port where that is one of https. */
  readonly host: string;
  /** `owner/name`. */
  readonly repository: string;
}

/**
 * Host, owner and name of the remote `origin` of a checkout; `null` where there is none. A host that is an alias of ssh is the one that
 * ssh takes it for.
 *
 * @param directory absolute path
 * @throws SluiceError RELEASE_REFUSED where git does not read the checkout, or there is no git: it may have one; the signal's reason
 */
export async function originRepository(directory: string, signal?: AbortSignal): Promise<RemoteRepository | null> {
  const { exitCode, stdout } = await runGit(directory, ["remote", "get-url", "origin"], signal);
  if (exitCode !== 0) {
    await assertReadable(directory, signal);
    return null;
  }
  const url = stdout.trim();
  const found = repositoryOfRemote(url);
  if (!found || /^(?:https?|git):/.test(url) || found.host === publicHost) return found;
  return { ...found, host: named(await hostOfAlias(found.host, signal)) };
}

/** What git fails with where there is no such remote is another thing in each version of it. */
async function assertReadable(directory: string, signal?: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await runGit(directory, ["rev-parse", "--git-dir"], signal);
  if (exitCode === 0 || (await findRoot(directory)) === null) return;
  // It says in several lines what to type where the checkout is another user's.
  const reason = stderr.replace(/\s+/g, " ").trim();
  throw new SluiceError("RELEASE_REFUSED", `the git repository of ${directory} cannot be read: ${reason}`, {
    hint: "do as git says there, as the user that sluice runs as",
  });
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
