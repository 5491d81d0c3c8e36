import { expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { factsOf } from "../test/support/facts-of.ts";
import type { NeededFile } from "./needed-files.ts";
import { projectWorkflows } from "./project-workflows.ts";
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

it("nothing that is written here is taken for a step that may write it", () => {
  const [written] = projectWorkflows(factsOf(layouts["no workflow yet"]));
  expect(unwrittenFiles(written ? [written] : [], "production", [key])).toHaveLength(1);
});

it.each([
  ["before its checkout, which takes it away", `{ run: cp /srv/key.pem . }, ${checkout}, ${deploy}`, both],
  ["too late", `${checkout}, ${deploy}, { run: cp /srv/key.pem . }`, both],
  [
    "by nothing of what prepares machines",
    `${checkout}, { uses: actions/setup-node@v4 }, { uses: docker/login-action@v3 }, { run: "npm ci\\necho a=b >> $GITHUB_ENV\\nmkdir -p logs; echo 'see ./prepare.sh'" }, { run: docker compose pull && npx sluice deploy }`,
    both,
  ],
  ["under another name", `${checkout}, { run: cp /srv/my-key.pem a.key.pem.old }, ${deploy}`, both],
])("writes it %s", (_how, steps, expected) => {
  expect(found(steps)).toEqual(expected);
});

it.each([
  ["cleans nothing", `{ uses: actions/checkout@v4, with: { clean: false } }, ${deploy}`],
  ["checks out only where nothing is", `{ uses: actions/checkout@v4, if: "x" }, ${deploy}`],
  ["checks out nothing", deploy],
  ["deploys nothing", `${checkout}, { run: exec sluice verify }`],
  ...[
    "./prepare.sh",
    "scripts/prepare.sh production",
    "cd ops && MODE=all make secrets",
    "sudo -E bash prepare.sh",
    "npm run secrets",
    "if true; then rsync -a /srv/secrets/ .; fi",
    "cp -r /srv/secrets/. .",
    "cp -av /srv/secrets config",
    "cp /srv/secrets/* .",
    "ln -s /srv/secrets secrets",
    "curl https://files | tar xz",
    "umask 77\nunzip secrets.zip",
    "echo $KEY > $FILE",
    "echo $KEY | tee ${FILE} > /dev/null",
    "docker run -v .:/to tools",
  ].map((run) => [`runs ${run}`, `${checkout}, { run: ${JSON.stringify(run)} }, ${deploy}`]),
  ["does so as it deploys", `${checkout}, { run: "./prepare.sh && exec sluice deploy" }`],
  ["has another shell do so", `${checkout}, { shell: python, run: "print(1)" }, ${deploy}`],
  ["has an action do so", `${checkout}, { uses: acme/secrets@v1 }, ${deploy}`],
  ["has one of its own do so", `${checkout}, { uses: ./.github/actions/secrets }, ${deploy}`],
  ["checks out more", `${checkout}, { uses: actions/checkout@v4, with: { path: config } }, ${deploy}`],
])("nothing is said of one that %s", (_what, steps) => {
  expect(found(steps)).toEqual([]);
});

it("nor of another environment, nor of what Compose does without", () => {
  expect(found(`${checkout}, ${deploy}`, "deploy-staging.yml")).toEqual([]);
  expect(found(`${checkout}, ${deploy}`, undefined, [{ ...envFile, isOptional: true }])).toEqual([]);
});
