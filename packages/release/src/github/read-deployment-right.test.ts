import { expect, it } from "vitest";
import { rightOf } from "./read-deployment-right.ts";

it.each([
  ["repo, user", {}, ""],
  ["repo_deployment", {}, ""],
  ["repo", { mayPush: undefined }, ""],
  ["public_repo", { isPrivate: false }, ""],
  ["public_repo", {}, "the scope repo_deployment"],
  ["repo:status, user", {}, "the scope repo_deployment"],
  ["", {}, "the scope repo_deployment"],
  ["repo", { mayPush: false }, "write access of its user"],
])("a classic token with the scopes %j (%j) lacks %j", (scopes, over, lacks) => {
  const right = rightOf(scopes, { mayPush: true, isPrivate: true, ...over });
  expect(right).toEqual({ isGranted: lacks === "", lacks });
});
