import { type Clock, messageOf, within } from "@sluice/core";
import { GithubError } from "./github-error.ts";

/** Of github.com. */
export const publicApi = "https://api.github.com";

const timeoutMs = 5_000;

/**
 * Where the GitHub on a host is asked; `null` for a host that is none. One whose name does not tell is asked what it is, without a
 * token: whoever has one for another GitHub would give it away.
 * https://docs.github.com/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
 *
 * @param host as an address has it
 * @throws GithubError GITHUB_UNREACHABLE where a host that has to be asked does not answer, or only a proxy does before it, with what
 *   `fetch` failed of as `cause`; the signal's reason when it is aborted
 */
export async function findApi(host: string, clock: Clock, signal?: AbortSignal): Promise<string | null> {
  if (host === "github.com") return publicApi;
  if (host.endsWith(".ghe.com")) return `https://api.${host}`;
  const api = `https://${host}/api/v3`;
  try {
    const { status, headers, body } = await within(clock, timeoutMs, signal, (inner) =>
      fetch(`${api}/meta`, { signal: inner }),
    );
    await body?.cancel();
    // It is on each answer, also on one that wants a login first.
    if (headers.has("x-github-enterprise-version")) return api;
    // A server that starts is hidden behind the page of its proxy.
    if (status >= 500) throw new Error(`it answers ${status}`);
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    // `fetch failed` says nothing.
    const cause = (error as Error).cause ?? error;
    throw new GithubError("GITHUB_UNREACHABLE", `${host} cannot be asked whether it is a GitHub: ${messageOf(cause)}`, {
      status: null,
      cause,
      hint: `set GITHUB_API_URL to ${api}, or to ${publicApi}, whichever GITHUB_TOKEN is for`,
    });
  }
}

/** The host that people see, of one that is asked: `github.com` for `api.github.com`. Pure. */
export function hostOfApi(host: string): string {
  return host.replace(/^api\.(?=github\.com$|[^.]+\.ghe\.com$)/, "");
}
