import { createHash } from "node:crypto";
import { type GithubAnswer, type GithubRequest, notFound, ok } from "./answers.ts";
import { sampleOf } from "./api-description.ts";
import { commitOf, type GithubState } from "./github-state.ts";

/** Files of a commit, and what lies in a directory of it. */
export const contentHandlers: Readonly<Record<string, (state: GithubState, request: GithubRequest) => GithubAnswer>> = {
  "repos/get-content": (state, { params, query }) => {
    const { path = "" } = params;
    const commit = state.commits.get(commitOf(state, query.get("ref") ?? state.defaultBranch) ?? "");
    const files = Object.entries(commit?.files ?? {});
    const [file] = files.filter(([name]) => name === path);
    if (file) return ok(fileBody(...file));
    const inside = files.filter(([name]) => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes("/"));
    if (inside.length === 0) return notFound();
    return ok(inside.map(([name, text]) => ({ ...fileBody(name, text), content: "" })));
  },
};

function fileBody(path: string, text: string): Record<string, unknown> {
  const content = Buffer.from(text).toString("base64");
  const sha = createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
  const size = Buffer.byteLength(text);
  return { ...sampleOf("content-file"), path, name: path.split("/").at(-1), sha, size, encoding: "base64", content };
}
