import { createHash } from "node:crypto";
import { type GithubAnswer, type GithubRequest, notFound, ok } from "./answers.ts";
import { sampleOf } from "./api-description.ts";
import { commitOf, type GithubState } from "./github-state.ts";

/** Tags as git has them: names of commits, or objects of their own, which can be signed. */
export const tagHandlers: Readonly<Record<string, (state: GithubState, request: GithubRequest) => GithubAnswer>> = {
  "git/get-ref": (state, { params }) => {
    const ref = params["ref"] ?? "";
    const sha = commitOf(state, ref);
    if (sha === null) return notFound();
    const name = ref.replace(/^tags\//, "");
    const isTag = state.annotatedTags.has(name);
    const object = isTag ? { type: "tag", sha: tagId(name) } : { type: "commit", sha };
    return ok({
      ...sampleOf("git-ref"),
      ref: `refs/${ref}`,
      object: { ...object, url: "https://github.example/object" },
    });
  },
  "git/get-tag": (state, { params }) => {
    const [name, tag] = [...state.annotatedTags].find(([one]) => tagId(one) === params["tag_sha"]) ?? [];
    const sha = commitOf(state, name ?? "");
    if (name === undefined || tag === undefined || sha === null) return notFound();
    const verification = { ...sampleOf("verification"), verified: tag.verified };
    const object = { type: "commit", sha, url: "https://github.example/object" };
    return ok({ ...sampleOf("git-tag"), sha: tagId(name), tag: name, object, verification });
  },
};

/** Of the object that a tag of this name is. */
function tagId(name: string): string {
  return createHash("sha1").update(`tag ${name}`).digest("hex");
}
