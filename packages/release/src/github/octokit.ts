import { Octokit } from "octokit";

export type { Octokit } from "octokit";

const silence = () => {};

/**
 * Octokit without its own retries and waits: they repeat POSTs, and wait for longer than a deployment can. A module of
 * its own, loaded with the first call, as it takes 60 ms.
 */
export function openOctokit(token: string, apiUrl: string): Octokit {
  return new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: "sluice",
    throttle: { enabled: false },
    retry: { enabled: false },
    log: { debug: silence, info: silence, warn: silence, error: silence },
  });
}
