import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { checkHandlers } from "./answer-checks.ts";
import { contentHandlers } from "./answer-contents.ts";
import { deploymentHandlers } from "./answer-deployments.ts";
import { releaseHandlers } from "./answer-releases.ts";
import { tagHandlers } from "./answer-tags.ts";
import { type GithubAnswer, notFound, refusal } from "./answers.ts";
import { answerProblems, describeCall } from "./api-description.ts";
import { createGithubState, type GithubCommit, type GithubState } from "./github-state.ts";

/** A call that arrived. */
export interface GithubCall {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** All of the body, as it came. */
  readonly text: string;
  readonly authorization: string | undefined;
}

/**
 * What becomes of a call instead of its answer: another answer, no answer at all (`hang`), half an answer (`cut`), or
 * an effect whose answer never arrives (`lost`), which is what makes repeating a POST dangerous.
 */
export type GithubFault = GithubAnswer | "hang" | "cut" | "lost" | { readonly delayMs: number };

export interface FakeGithub extends AsyncDisposable {
  /** For `GITHUB_API_URL`. The same after it was away. */
  readonly url: string;
  readonly repository: string;
  readonly token: string;
  readonly state: GithubState;
  readonly calls: readonly GithubCall[];
  /** Calls and own answers that GitHub's description does not allow. */
  readonly problems: readonly string[];
  /** For the end of every test. Throws the problems. */
  assertDescribed(): void;
  fault: ((call: GithubCall) => GithubFault | undefined) | undefined;
  /** Adds a commit after `parent` (default: the head of the default branch), and refs that name it. */
  commit(id: string, refs: readonly string[], commit?: Partial<GithubCommit>): void;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Answers of GitHub that no operation describes, by what they are for. */
export const githubFaults = {
  badToken: (): GithubAnswer => refusal(401, "Bad credentials"),
  forbidden: (): GithubAnswer => refusal(403, "Resource not accessible by integration"),
  /** Of a repository that is not there for this token. */
  hidden: (): GithubAnswer => refusal(404, "Not Found"),
  /** The hourly limit is used up. @param resetAt Unix seconds */
  rateLimit: (resetAt: number): GithubAnswer =>
    refusal(403, "API rate limit exceeded", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(resetAt) }),
  /** Too many writes at once. */
  secondaryLimit: (seconds: number): GithubAnswer =>
    refusal(429, "You have exceeded a secondary rate limit", { "retry-after": String(seconds) }),
  broken: (status = 502): GithubAnswer => ({ status, body: "<html>Unicorn!</html>" }),
} as const;

/**
 * GitHub on a local port: one repository with state, whose requests and answers are both checked against GitHub's own
 * description of its API. What it does not hold answers 404 and is a problem.
 */
export async function startFakeGithub(
  repository = "acme/shop",
  token = "ghs_token_of_the_stand_in",
): Promise<FakeGithub> {
  const calls: GithubCall[] = [];
  const problems: string[] = [];
  const state = createGithubState(repository);
  let server: Server | null = null;
  let port = 0;
  const listen = async () => {
    const next = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    port = (next.address() as AddressInfo).port;
    server = next;
  };
  const goAway = async () => {
    const open = server;
    server = null;
    open?.closeAllConnections();
    if (open) await new Promise((resolve) => open.close(resolve));
  };
  await listen();
  const base = `http://127.0.0.1:${port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", base);
    const content = await buffer(request);
    const body = bodyOf(request, content);
    const described = describeCall(request.method ?? "", url, body);
    const { authorization } = request.headers;
    const call: GithubCall = {
      operation: described?.operation ?? "",
      method: request.method ?? "",
      path: url.pathname,
      body: body ?? {},
      text: content.toString("utf8"),
      authorization,
    };
    calls.push(call);
    if (described) problems.push(...described.problems);
    else problems.push(`${call.method} ${url.pathname} is not described`);
    const fault = github.fault?.(call);
    if (fault === "hang") return;
    if (fault && typeof fault === "object" && "status" in fault) return send(response, fault);
    const isAllowed = authorization === `token ${token}` || authorization === `Bearer ${token}`;
    const answer = isAllowed ? answerTo(described, url, body ?? {}) : githubFaults.badToken();
    if (described) problems.push(...answerProblems(described.operation, answer.status, answer.body));
    if (fault === "lost") return void request.socket.destroy();
    if (fault === "cut") return cutOff(response, answer);
    if (fault) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    send(response, answer);
  }

  function answerTo(described: ReturnType<typeof describeCall>, url: URL, body: GithubCall["body"]): GithubAnswer {
    const handler = handlers[described?.operation ?? ""];
    const { owner, repo } = described?.params ?? {};
    if (!described || !handler || `${owner}/${repo}` !== repository) return notFound();
    const { operation, params, problems: wrong } = described;
    if (wrong.length > 0) return refusal(422, `Invalid request: ${wrong.join("; ")}`);
    return handler(state, { operation, params, query: url.searchParams, body, base });
  }

  const github: FakeGithub = {
    url: base,
    repository,
    token,
    state,
    calls,
    problems,
    assertDescribed() {
      if (problems.length > 0) throw new Error(`GitHub does not describe that:\n${problems.join("\n")}`);
    },
    fault: undefined,
    commit(id, refs, { message = `commit ${id}`, parent, ...rest } = {}) {
      const before = parent === undefined ? (state.refs.get(state.defaultBranch) ?? null) : parent;
      state.commits.set(id, { message, parent: before, ...rest });
      for (const ref of refs) state.refs.set(ref, id);
    },
    goAway,
    comeBack: listen,
    [Symbol.asyncDispose]: goAway,
  };
  return github;
}

const handlers = { ...checkHandlers, ...contentHandlers, ...deploymentHandlers, ...releaseHandlers, ...tagHandlers };

/** JSON; of other content only its size. */
function bodyOf(request: IncomingMessage, content: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (content.length === 0) return undefined;
  const isJson = request.headers["content-type"]?.includes("json") ?? false;
  return isJson ? (JSON.parse(content.toString("utf8")) as Record<string, unknown>) : { bytes: content.length };
}

function send(response: ServerResponse, { status, body, headers = {} }: GithubAnswer): void {
  const type = typeof body === "string" ? "text/html" : "application/json; charset=utf-8";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

function cutOff(response: ServerResponse, { status, body }: GithubAnswer): void {
  const text = JSON.stringify(body ?? {});
  response.writeHead(status, { "content-type": "application/json", "content-length": String(text.length) });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
}
