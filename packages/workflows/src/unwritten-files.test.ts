import { expect, it } from "vitest";
import type { NeededFile } from "./needed-files.ts";
import { unwrittenFiles } from "./unwritten-files.ts";

const envFile: NeededFile = { kind: "env_file", name: "web", source: "./config/app.env", isOptional: false };
const key: NeededFile = { kind: "secret", name: "key", source: "key.pem", isOptional: false };
const checkout = "{ uses: actions/checkout@v4 }";
const deploy = "{ run: exec sluice deploy --yes }";

const found = (steps: string, file = "deploy-production.yml", files: readonly NeededFile[] = [envFile, key]) =>
  unwrittenFiles(
    [{ path: `.github/workflows/${file}`, text: `jobs: { ship: { runs-on: [self-hosted], steps: [${steps}] } }\n` }],
    "production",
    files,
  ).map(({ job, file: { source } }) => `${job} ${source}`);

const both = ["ship ./config/app.env", "ship key.pem"];

it("a job that deploys what it checked out has no file that git has not and no step writes", () => {
  expect(found(`${checkout}, ${deploy}`)).toEqual(both);
  expect(found(`${checkout}, { uses: acme/sluice@v1 }`)).toEqual(both);
  const writes = '{ run: "printf %s \\"$KEY\\" > key.pem" }';
  expect(found(`${checkout}, ${writes}, ${deploy}`)).toEqual(["ship ./config/app.env"]);
  const byAction = "{ uses: acme/write@v1, with: { to: config/app.env } }";
  expect(found(`${checkout}, ${writes}, ${byAction}, ${deploy}`)).toEqual([]);
  expect(found(`${checkout}, { run: "cp /srv/key.pem /srv/app.env . && exec sluice deploy" }`)).toEqual([]);
});

it.each([
  ["before its checkout, which takes it away", `{ run: cp /srv/key.pem . }, ${checkout}, ${deploy}`, both],
  ["too late", `${checkout}, ${deploy}, { run: cp /srv/key.pem . }`, both],
  ["under another name", `${checkout}, { run: cp /srv/my-key.pem a.key.pem.old }, ${deploy}`, both],
])("writes it %s", (_how, steps, expected) => {
  expect(found(steps)).toEqual(expected);
});

it.each([
  ["cleans nothing", `{ uses: actions/checkout@v4, with: { clean: false } }, ${deploy}`],
  ["checks out only where nothing is", `{ uses: actions/checkout@v4, if: "x" }, ${deploy}`],
  ["checks out nothing", deploy],
  ["deploys nothing", `${checkout}, { run: exec sluice verify }`],
])("nothing is said of one that %s", (_what, steps) => {
  expect(found(steps)).toEqual([]);
});

it("nor of another environment, nor of what Compose does without", () => {
  expect(found(`${checkout}, ${deploy}`, "deploy-staging.yml")).toEqual([]);
  expect(found(`${checkout}, ${deploy}`, undefined, [{ ...envFile, isOptional: true }])).toEqual([]);
});
