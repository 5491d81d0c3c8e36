import { type Clock, SluiceError, within } from "@sluice/core";
import { publicApi } from "./find-api.ts";
import { GithubError, githubErrorOf } from "./github-error.ts";
import type { Octokit } from "./octokit.ts";

export interface GithubOptions {
  /** `owner/name`. */
  readonly repository: string;
  /** Needs no prefix; never named in an error. */
  readonly token: string;
  readonly clock: Clock;
  /** Default `https://api.github.com`. In a workflow, `GITHUB_API_URL`; for a checkout, see `findApi`. */
  readonly apiUrl?: string | undefined;
  /** Of each call with its repetitions, milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** Parameters that every call takes. */
export interface Where {
  readonly owner: string;
  readonly repo: string;
  readonly request: { readonly signal: AbortSignal };
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
}
type Call<A extends Answer> = (octokit: Octokit, where: Where) => Promise<A>;

/** One repository on GitHub. */
export interface Github {
  readonly repository: string;
  /** Where it is asked, for people. */
  readonly host: string;
  /** Asks for something: again after a failure of the network or of GitHub, while there is time. @throws GithubError */
  read<A extends Answer>(what: string, call: Call<A>, signal?: AbortSignal): Promise<A["data"]>;
  /** Changes something: once, as a POST whose answer was lost may have taken effect. @throws GithubError */
  write<A extends Answer>(what: string, call: Call<A>, signal?: AbortSignal): Promise<A["data"]>;
}

const defaultTimeoutMs = 10_000;
const readAttempts = 3;
const firstWaitMs = 250;

/**
 * Nothing is loaded or opened before the first call. Once GitHub asks for patience, it is not asked again before.
 *
 * @throws SluiceError CONFIG_INVALID for a repository or address that is none. Its verbs throw GithubError: GITHUB_DENIED,
 *   GITHUB_REFUSED, and those that may pass, GITHUB_LIMITED and GITHUB_UNREACHABLE; the signal's reason when it is aborted
 */
export function createGithub(options: GithubOptions): Github {
  const { repository, token, clock, apiUrl = publicApi, timeoutMs = defaultTimeoutMs } = options;
  const [owner, repo] = splitRepository(repository);
  const host = hostOf(apiUrl);
  let opening: Promise<Octokit> | undefined;
  let limit: { readonly untilMs: number; readonly message: string } | undefined;

  async function once<A extends Answer>(what: string, call: Call<A>, signal: AbortSignal): Promise<A["data"]> {
    const waitMs = limit ? limit.untilMs - clock.monotonicMs() : 0;
    if (limit && waitMs > 0) {
      throw new GithubError("GITHUB_LIMITED", limit.message, { status: 429, afterMs: waitMs });
    }
    opening ??= import("./octokit.ts").then(({ openOctokit }) => openOctokit(token, apiUrl.replace(/\/+$/, "")));
    const octokit = await opening;
    try {
      const { status, data } = await call(octokit, { owner, repo, request: { signal } });
      // What was cut in the middle comes as text, and as a success.
      if (status !== 204 && (typeof data !== "object" || data === null)) throw new Error("the answer is cut");
      return data;
    } catch (cause) {
      const error = failureOf(what, cause, signal);
      if (error.afterMs !== undefined) limit = { untilMs: clock.monotonicMs() + error.afterMs, message: error.message };
      throw error;
    }
  }

  async function inTime<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await within(clock, timeoutMs, outer, work);
    } catch (error) {
      outer?.throwIfAborted();
      throw error;
    }
  }

  return {
    repository,
    host,
    read: (what, call, outer) =>
      inTime(outer, async (signal) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await once(what, call, signal);
          } catch (error) {
            const isPassing = error instanceof GithubError && error.code === "GITHUB_UNREACHABLE";
            if (
              !isPassing ||
              attempt >= readAttempts ||
              !(await waited(clock, firstWaitMs * 2 ** (attempt - 1), signal))
            ) {
              throw error;
            }
          }
        }
      }),
    write: (what, call, outer) => inTime(outer, (signal) => once(what, call, signal)),
  };

  function failureOf(what: string, cause: unknown, signal: AbortSignal): GithubError {
    const { response, message } = cause as {
      readonly response?: { readonly status: number; readonly headers: Record<string, string> };
      readonly message?: string;
    };
    // An error page of a proxy is no message. Of several reasons the one that matters may come last.
    const said = (message ?? "").split("\n")[0]?.slice(0, 500) ?? "";
    if (response && !signal.aborted && response.status >= 300) {
      return githubErrorOf(what, { ...response, message: said.startsWith("<") ? "no reason" : said }, clock.now());
    }
    const why = signal.aborted ? "no answer in time" : said || "unknown error";
    return new GithubError("GITHUB_UNREACHABLE", `${host} cannot be asked to ${what}: ${why}`, { status: null });
  }
}

/** Whether the time was there to wait for. */
function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );
}

function splitRepository(repository: string): readonly [string, string] {
  const [, owner, repo] = /^([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/.exec(repository) ?? [];
  if (owner && repo) return [owner, repo];
  throw new SluiceError("CONFIG_INVALID", `${JSON.stringify(repository)} is no repository on GitHub`, {
    hint: "write it as owner/name in github.repository or GITHUB_REPOSITORY",
  });
}

function hostOf(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.host;
  throw new SluiceError("CONFIG_INVALID", "GITHUB_API_URL is not an http or https address");
}
