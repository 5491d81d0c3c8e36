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
import { sampleAnswer, sampleOf } from "./api-description.ts";
import { ancestry, commitOf, dateOf, type GithubState } from "./github-state.ts";

type Handler = (state: GithubState, request: GithubRequest) => GithubAnswer;
type Body = Record<string, unknown>;

const published = ({ releases }: GithubState) => releases.filter(({ draft }) => draft !== true);
const byId = ({ releases }: GithubState, id: string | undefined) => releases.find((one) => one["id"] === Number(id));

/** Releases with their assets, commits and what is known of them, as GitHub keeps them. */
export const releaseHandlers: Readonly<Record<string, Handler>> = {
  "repos/get": (state) => {
    const owner = { ...sampleOf("simple-user"), login: state.owner };
    const names = { name: state.repo, full_name: `${state.owner}/${state.repo}`, default_branch: state.defaultBranch };
    const permissions = { admin: false, push: state.mayPush, pull: true };
    const answered = ok({ ...sampleOf("full-repository"), ...names, owner, permissions, private: true });
    return state.scopes === null ? answered : { ...answered, headers: { "x-oauth-scopes": state.scopes } };
  },
  "repos/list-releases": (state, { query }) => ok(pageOf(state.releases.toSorted(asListed), query)),
  "repos/get-release": (state, { params }) => answer(byId(state, params["release_id"])),
  "repos/get-release-by-tag": (state, { params }) =>
    answer(published(state).find((one) => one["tag_name"] === params["tag"])),
  "repos/get-latest-release": (state) => {
    const full = published(state).filter(({ prerelease }) => prerelease !== true);
    return answer(full.find(({ id }) => id === state.latest) ?? full.toSorted(asListed)[0]);
  },
  "repos/create-release": (state, { body, base }) => {
    const tag = textOf(body["tag_name"]);
    if (published(state).some((one) => one["tag_name"] === tag)) return invalid("Validation Failed", "already_exists");
    if (state.usedTags.has(tag)) return usedTag();
    const target = textOf(body["target_commitish"], state.defaultBranch);
    const sha = commitOf(state, tag) ?? commitOf(state, target);
    if (sha === null) return invalid("target_commitish is invalid");
    const isDraft = body["draft"] === true;
    // A draft makes no tag.
    if (!isDraft) state.refs.set(tag, sha);
    const id = state.nextId++;
    const release: Body = {
      ...sampleOf("release"),
      id,
      tag_name: tag,
      target_commitish: target,
      name: body["name"] ?? null,
      body: body["body"] ?? null,
      draft: isDraft,
      prerelease: body["prerelease"] === true,
      immutable: !isDraft && state.keepsReleases,
      created_at: dateOf(state, sha),
      published_at: isDraft ? null : publishedAt(state),
      html_url: `https://github.example/${state.owner}/${state.repo}/releases/tag/${tag}`,
      upload_url: `${base}/repos/${state.owner}/${state.repo}/releases/${id}/assets{?name,label}`,
      assets: [],
    };
    state.releases.push(release);
    if (!isDraft) noteLatest(state, release, body["make_latest"] ?? "true");
    return created(release);
  },
  "repos/update-release": (state, { params, body }) => {
    const release = byId(state, params["release_id"]);
    if (!release) return notFound();
    const { make_latest: latest, ...changes } = body;
    const wasDraft = release["draft"] === true;
    const { tag_name, target_commitish, draft } = { ...release, ...changes };
    const tag = textOf(tag_name);
    if (draft !== true && commitOf(state, tag) === null) {
      const sha = commitOf(state, textOf(target_commitish, state.defaultBranch));
      if (sha === null) return invalid("target_commitish is invalid");
      state.refs.set(tag, sha);
    }
    // A prerelease that becomes a full release keeps its date.
    if (changes["draft"] === false) release["published_at"] ??= publishedAt(state);
    Object.assign(release, changes);
    if (wasDraft && draft === false) release["immutable"] = state.keepsReleases;
    noteLatest(state, release, latest ?? String(wasDraft && release["draft"] === false));
    return ok(release);
  },
  "repos/list-release-assets": (state, { params }) => {
    const release = byId(state, params["release_id"]);
    return release ? ok(release["assets"]) : notFound();
  },
  "repos/upload-release-asset": (state, { params, query, body }) => {
    const release = byId(state, params["release_id"]);
    if (!release) return notFound();
    if (release["immutable"] === true) return refusal(422, "Cannot upload assets to an immutable release.");
    const name = query.get("name") ?? "";
    const assets = release["assets"] as Body[];
    if (assets.some((asset) => asset["name"] === name)) return invalid("Validation Failed", "already_exists");
    const content = { size: Number(body["bytes"] ?? 0), content_type: "text/html", state: "uploaded" };
    const asset = {
      ...(sampleAnswer("repos/upload-release-asset", 201) as Body),
      ...content,
      id: state.nextId++,
      name,
    };
    assets.push(asset);
    return created(asset);
  },
  "repos/delete-release-asset": ({ releases }, { params }) => {
    for (const release of releases) {
      const assets = release["assets"] as Body[];
      const at = assets.findIndex(({ id }) => id === Number(params["asset_id"]));
      if (at >= 0) assets.splice(at, 1);
    }
    return { status: 204 };
  },
  "repos/get-commit": (state, { params }) => {
    const sha = commitOf(state, params["ref"] ?? "");
    return sha === null ? invalid(`No commit found for SHA: ${params["ref"]}`) : ok(commitBody(state, sha));
  },
  "repos/compare-commits-with-basehead": (state, { params, query }) => {
    const [base = "", head = ""] = (params["basehead"] ?? "").split("...");
    const from = ancestry(state, commitOf(state, base));
    const to = ancestry(state, commitOf(state, head));
    if (from.length === 0 || to.length === 0) return notFound();
    if (!from.some((sha) => to.includes(sha))) return refusal(404, `No common ancestor between ${base} and ${head}.`);
    const ahead = to.filter((sha) => !from.includes(sha)).toReversed();
    const behind = from.filter((sha) => !to.includes(sha));
    const both = behind.length > 0 ? "diverged" : "ahead";
    return ok({
      ...(sampleAnswer("repos/compare-commits-with-basehead", 200) as Body),
      status: ahead.length > 0 ? both : behind.length > 0 ? "behind" : "identical",
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: pageOf(ahead, query).map((sha) => commitBody(state, sha)),
      html_url: `https://github.example/${state.owner}/${state.repo}/compare/${base}...${head}`,
      files: [],
    });
  },
  "repos/list-pull-requests-associated-with-commit": ({ commits }, { params }) =>
    ok(
      (commits.get(params["commit_sha"] ?? "")?.pulls ?? []).map(({ number, title, author }) => ({
        ...sampleOf("pull-request-simple"),
        number,
        title,
        user: { ...sampleOf("simple-user"), login: author },
        merged_at: "2026-05-01T09:00:00Z",
        html_url: `https://github.example/pull/${number}`,
      })),
    ),
  "repos/get-collaborator-permission-level": ({ readers }, { params }) => {
    const login = params["username"] ?? "";
    const permission = readers.has(login) ? "read" : "write";
    const user = { ...sampleOf("simple-user"), login, role_name: permission };
    return ok({ ...sampleOf("repository-collaborator-permission"), permission, role_name: permission, user });
  },
  "pulls/list-reviews": ({ commits }, { params, query }) => {
    const pulls = [...commits.values()].flatMap((commit) => commit.pulls ?? []);
    const reviews = pulls.find(({ number }) => number === Number(params["pull_number"]))?.reviews ?? [];
    return ok(
      pageOf(reviews, query).map(({ by, state }) => ({
        ...sampleOf("pull-request-review"),
        state,
        user: { ...sampleOf("simple-user"), login: by },
      })),
    );
  },
  "actions/get-reviews-for-run": ({ runReviews }, { params }) =>
    ok(
      runReviews
        .filter(({ run }) => run === Number(params["run_id"]))
        .map(({ by, state, comment }) => ({
          ...sampleOf("environment-approvals"),
          environments: [{ id: 1, name: "production" }],
          user: { ...sampleOf("simple-user"), login: by },
          state,
          comment,
        })),
    ),
  "actions/list-self-hosted-runners-for-repo": ({ runners }) => {
    if (!runners) return refusal(403, "Resource not accessible by integration");
    const listed = runners.map(({ labels, ...runner }, index) => ({
      ...sampleOf("runner"),
      id: index + 1,
      ...runner,
      labels: labels.map((name) => ({ name })),
    }));
    return ok({ total_count: listed.length, runners: listed });
  },
  "repos/get-combined-status-for-ref": (state, { params, query }) => {
    const sha = commitOf(state, params["ref"] ?? "");
    const own = state.commitStatuses.filter((status) => status.sha === sha);
    const statuses = pageOf(own, query).map(({ sha: _sha, ...status }) => ({
      ...sampleOf("simple-commit-status"),
      ...status,
    }));
    const isGreen = own.every((status) => status.state === "success");
    const sum = { state: own.length > 0 && isGreen ? "success" : "pending", total_count: own.length, statuses };
    return ok({ ...sampleOf("combined-commit-status"), ...sum, sha: sha ?? "" });
  },
};

/** As GitHub does, without a promise: drafts, then by the dates of the commits, whenever each was published. */
function asListed(a: Body, b: Body): number {
  if (a["draft"] !== b["draft"]) return a["draft"] === true ? -1 : 1;
  return textOf(b["created_at"]).localeCompare(textOf(a["created_at"])) || Number(b["id"]) - Number(a["id"]);
}

/** By default what is newly published is the latest; drafts and prereleases never are. */
function noteLatest(state: GithubState, { id, draft, prerelease }: Body, wanted: unknown): void {
  if (wanted === "true" && draft !== true && prerelease !== true) state.latest = Number(id);
}

/** Word for word: the tag comes late in it. */
function usedTag(): GithubAnswer {
  const restricted =
    "pre_receive Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n";
  const error = (field: string, message: string) => ({ resource: "Release", code: "custom", field, message });
  const errors = [
    error("pre_receive", restricted),
    error("tag_name", "tag_name was used by an immutable release"),
    { resource: "Release", code: "custom", message: "Published releases must have a valid tag" },
  ];
  return { status: 422, body: { ...(refusal(422, "Validation Failed").body as object), errors } };
}

/** Later with each release. */
function publishedAt(state: GithubState): string {
  return new Date(Date.UTC(2026, 4, 1, 10) + state.nextId++ * 1_000).toISOString().replace(".000", "");
}

function answer(release: Body | undefined): GithubAnswer {
  return release ? ok(release) : notFound();
}

function commitBody({ commits }: GithubState, sha: string) {
  const { message = "", parent = null, verified = false } = commits.get(sha) ?? {};
  const sampled = sampleOf("commit");
  const verification = { ...sampleOf("verification"), verified, reason: verified ? "valid" : "unsigned" };
  return {
    ...sampled,
    sha,
    commit: { ...(sampled["commit"] as Body), message, verification },
    author: { ...sampleOf("simple-user"), login: "ada" },
    parents: parent === null ? [] : [{ sha: parent, url: `https://api.github.example/commits/${parent}` }],
  };
}
