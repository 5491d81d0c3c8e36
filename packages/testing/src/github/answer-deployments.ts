import {
  created,
  type GithubAnswer,
  type GithubRequest,
  invalid,
  notFound,
  ok,
  pageOf,
  refusal,
  textOf,
} from "./answers.ts";
import { sampleOf } from "./api-description.ts";
import { commitOf, type GithubDeployment, type GithubDeploymentStatus, type GithubState } from "./github-state.ts";

type Handler = (state: GithubState, request: GithubRequest) => GithubAnswer;

/** Deployments and their statuses, and statuses of commits, as GitHub keeps them. */
export const deploymentHandlers: Readonly<Record<string, Handler>> = {
  "repos/list-deployments": ({ deployments }, { query }) => {
    const wanted = (["sha", "ref", "task", "environment"] as const).filter((name) => query.has(name));
    const found = deployments.filter((one) => wanted.every((name) => one[name] === query.get(name)));
    return ok(pageOf(found.toReversed(), query).map(deploymentBody));
  },
  "repos/create-deployment": (state, { body }) => {
    const sha = commitOf(state, textOf(body["ref"]));
    if (sha === null) return invalid(`No ref found for: ${textOf(body["ref"])}`);
    const contexts = body["required_contexts"];
    const failing = state.commitStatuses.some((status) => status.sha === sha && status.state !== "success");
    if (failing && !(Array.isArray(contexts) && contexts.length === 0)) {
      return refusal(409, `Conflict: Commit status checks failed for ${textOf(body["ref"])}.`);
    }
    const deployment: GithubDeployment = {
      id: state.nextId++,
      ref: textOf(body["ref"]),
      sha,
      environment: textOf(body["environment"], "production"),
      task: textOf(body["task"], "deploy"),
      description: (body["description"] as string | undefined) ?? null,
      payload: body["payload"] ?? {},
      production: body["production_environment"] === true,
      createdAt: new Date().toISOString().replace(/\.\d+/, ""),
      statuses: [],
    };
    state.deployments.push(deployment);
    return created(deploymentBody(deployment));
  },
  "repos/list-deployment-statuses": (state, { params, query }) => {
    const found = state.deployments.find(({ id }) => id === Number(params["deployment_id"]));
    return found ? ok(pageOf(found.statuses.toReversed(), query).map(statusBody)) : notFound();
  },
  "repos/create-deployment-status": (state, { params, body }) => {
    const found = state.deployments.find(({ id }) => id === Number(params["deployment_id"]));
    if (!found) return notFound();
    const status: GithubDeploymentStatus = {
      id: state.nextId++,
      state: textOf(body["state"]),
      description: textOf(body["description"]),
      environmentUrl: textOf(body["environment_url"]),
      logUrl: textOf(body["log_url"]),
    };
    // GitHub ends earlier deployments by itself, but not those to production.
    if (status.state === "success" && body["auto_inactive"] !== false) retire(state, found);
    found.statuses.push(status);
    return created(statusBody(status));
  },
  "repos/create-commit-status": (state, { params, body }) => {
    const sha = String(params["sha"]);
    if (!state.commits.has(sha)) return invalid(`No commit found for SHA: ${sha}`);
    const status = { sha, state: textOf(body["state"]), context: textOf(body["context"], "default"), ...body };
    state.commitStatuses.push(status);
    const { sha: _sha, ...answered } = status;
    return created({ ...sampleOf("status"), ...answered });
  },
};

function retire({ deployments, ...state }: GithubState, successor: GithubDeployment): void {
  for (const one of deployments) {
    if (one === successor || one.production || one.environment !== successor.environment) continue;
    if (one.statuses.at(-1)?.state !== "success") continue;
    one.statuses.push({ id: state.nextId, state: "inactive", description: "", environmentUrl: "", logUrl: "" });
  }
}

function deploymentBody({ statuses: _statuses, production, createdAt, ...deployment }: GithubDeployment) {
  return { ...sampleOf("deployment"), ...deployment, production_environment: production, created_at: createdAt };
}

function statusBody({ id, state, description, environmentUrl, logUrl }: GithubDeploymentStatus) {
  const urls = { environment_url: environmentUrl, log_url: logUrl, target_url: logUrl };
  const written = Object.fromEntries(Object.entries(urls).filter(([, url]) => url !== ""));
  return { ...sampleOf("deployment-status"), id, state, description, ...written };
}
