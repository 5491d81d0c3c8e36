// Writes src/github/generated/api.json: the operations of GitHub's API that Sluice uses, from GitHub's own OpenAPI
// description. The npm package @octokit/openapi that carries it (MIT) is 385 MB, so it is no dependency:
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz package/generated/api.github.com.json
//   node packages/testing/bin/github-spec.mjs package/generated/api.github.com.json
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const operations = new Set([
  "repos/get",
  "repos/get-commit",
  "repos/get-content",
  "git/get-ref",
  "git/get-tag",
  "repos/list-releases",
  "repos/get-release",
  "repos/get-release-by-tag",
  "repos/get-latest-release",
  "repos/create-release",
  "repos/update-release",
  "repos/list-release-assets",
  "repos/upload-release-asset",
  "repos/delete-release-asset",
  "repos/compare-commits-with-basehead",
  "repos/list-pull-requests-associated-with-commit",
  "repos/list-deployments",
  "repos/create-deployment",
  "repos/list-deployment-statuses",
  "repos/create-deployment-status",
  "repos/create-commit-status",
  "repos/get-combined-status-for-ref",
  "checks/list-for-ref",
  "checks/list-for-suite",
  "checks/list-suites-for-ref",
  "pulls/list-reviews",
  "repos/get-collaborator-permission-level",
  "actions/get-reviews-for-run",
  "actions/list-workflow-runs-for-repo",
  "actions/list-self-hosted-runners-for-repo",
]);
/** Text for people, which takes most of the space. */
const texts = new Set([
  "description",
  "examples",
  "example",
  "summary",
  "externalDocs",
  "tags",
  "x-github",
  "x-multi-segment",
  "title",
  "deprecationDate",
  "removalDate",
]);

const [source = ""] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(source, "utf8"));
// It says a date, and means what searches take: also what lies before one, `<=2026-05-01T10:00:00Z`.
delete spec.components.parameters.created.schema.format;
const subset = {
  openapi: spec.openapi,
  info: { title: spec.info.title, version: spec.info.version, license: spec.info.license },
  paths: {},
  components: {},
};

/** Under `properties` every name is a property, also `description`. */
function lean(value, isMap = false) {
  if (Array.isArray(value)) return value.map((item) => lean(item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => isMap || !texts.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, lean(inner, !isMap && key === "properties")]));
}

/** What GitHub's text says and its schema lacks. */
function mended(name, schema) {
  // https://docs.github.com/rest/releases/assets#upload-a-release-asset
  if (name === "release-asset") schema.properties.state.enum.push("starter");
  return schema;
}

function addReferences(value) {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) addReferences(inner);
  if (typeof value.$ref !== "string") return;
  const path = value.$ref.slice(2).split("/");
  const name = path.pop();
  const target = path.reduce((at, key) => (at[key] ??= {}), subset);
  if (name in target) return;
  target[name] = mended(name, lean(path.reduce((at, key) => at[key], spec)[name]));
  addReferences(target[name]);
}

for (const [path, methods] of Object.entries(spec.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (!operations.delete(operation.operationId)) continue;
    (subset.paths[path] ??= {})[method] = lean(operation);
    addReferences(subset.paths[path][method]);
  }
}
if (operations.size > 0) throw new Error(`not in ${source}: ${[...operations].join(", ")}`);
const target = join(import.meta.dirname, "../src/github/generated/api.json");
writeFileSync(target, `${JSON.stringify(subset)}\n`);
