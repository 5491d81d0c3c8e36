import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-init-workflow-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const path = ".github/workflows/deploy-production.yml";
const tag = "${{ github.event.release.tag_name }}";
const altered = [
  { path: "old.yml", name: "DIGEST", value: "${{ steps.meta.outputs.digest }}", inDeployment: null, inOthers: null },
  { path: "old.yml", name: "TAG", value: tag, inDeployment: tag, inOthers: "${{ github.ref_name }}" },
  {
    path: "old.yml",
    name: "SHA",
    value: "${{ github.sha }}",
    inDeployment: "${{ github.sha }}",
    inOthers: "${{ github.sha }}",
  },
  { path: "old.yml", name: "NOTES", value: "a", inDeployment: "a", inOthers: null },
];
const migration = { path: "old.yml", service: "web", command: "npm run migrate" };
const untaken = [{ path: "old.yml", line: "docker compose exec web npm run seed" }];
const droppedSteps = [
  { path: "old.yml", title: "docker/login-action@v3", writesEnvFile: false },
  { path: "old.yml", title: "Variables", writesEnvFile: true },
];
const inCheckout = [
  { service: "db", source: "./pgdata", target: "/data" },
  { service: "web", source: "./uploads", target: "/up", variable: "UPLOADS" },
];
const ownDefaults = [
  { name: "VERSION", value: "${{ secrets.VERSION_STAGING }}" },
  { name: "PORT", value: null },
  { name: "TZ", value: null },
];
const outOfGit = [
  { kind: "env_file" as const, name: "web", source: "app.env", isOptional: false },
  { kind: "env_file" as const, name: "web", source: "more.env", isOptional: true },
  { kind: "secret" as const, name: "key", source: "./key.pem", isOptional: false, variable: "KEY_FILE" },
];
const leftOut = { files: ["compose.override.yaml"], composeFile: "compose.yaml:compose.override.yaml" };
const unset = ["DISPLAY", "LOG_LEVEL"];
const profiles = { profiles: "prod,mail", isSet: true };
const settings = [
  { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_STAGING }}" },
  { name: "COMPOSE_FILE", value: "compose.yml:compose.deploy.yml:compose.sluice.yml" },
  { name: "SLUICE_ENVIRONMENT", value: "staging" },
  { name: "GREETING", value: "it's on" },
  { name: "API_KEY", value: "${{ secrets.API_KEY_STAGING }}" },
  { name: "TAG", value: tag },
];
const told = `compose.override.yaml is left out; to deploy with it, write COMPOSE_FILE: compose.yaml:compose.override.yaml into the workflow that deploys and run this again
the migration of old.yml runs before each version: npm run migrate in web; see that it is one for production
db writes to ./pgdata, which is another directory in the checkout of a runner, and cleaned there for each job: write where the data is as an absolute path, /…:/data, before anything is deployed
web writes to ./uploads, which is another directory in the checkout of a runner, and cleaned there for each job: let UPLOADS be where the data is, an absolute path, in env: of the workflow that deploys, or in what it is taken from there, before anything is deployed
env_file app.env of web is not in git, and so not in the checkout of a runner, which is cleaned of what is put there: write it by a step before \`sluice deploy\` in the workflow that deploys, from a secret; or keep it outside the checkout, and write its absolute path, or required: false if production does without
env_file more.env of web is not in git, and so not in the checkout of a runner, where services are without what it says, and nothing is said: write it by a step before \`sluice deploy\` in the workflow that deploys, from a secret, if production needs it
secret key is ./key.pem, which is not in git, and so not in the checkout of a runner, which is cleaned of what is put there: write it by a step before \`sluice deploy\` in the workflow that deploys, from a secret; or keep it outside the checkout, and let KEY_FILE be its absolute path
no workflow that is written runs \`docker compose exec web npm run seed\` of old.yml: if a version needs it, make it a service with the role job, or a part of that migration
no workflow that is written has the step "docker/login-action@v3" of old.yml: what a deployment needs of it is to be set up on the runner, or added
no workflow that is written has the step "Variables" of old.yml, which writes a file of variables: make a secret of each one in it that the workflows name, as one that is not there is an empty text, and add the step where a service reads the file itself
DIGEST is left out, or its secret where Compose cannot do without: no job that is written knows \${{ steps.meta.outputs.digest }}, which it is in old.yml; to give it another value, write a text, secrets.*, vars.* or github.* into the workflow that deploys and run this again
TAG is ${tag} where a release is deployed; in the other workflows, which no release starts, it is \${{ github.ref_name }}
SHA is \${{ github.sha }} in each workflow: of the release where one is deployed, and of the branch that the run is on in the others, which no release starts; where containers must not differ by that, write a text, secrets.* or vars.* into the workflow that deploys and run this again
NOTES is a where a release is deployed; in the other workflows, which no release starts, it is left out, or its secret where Compose cannot do without
DISPLAY, LOG_LEVEL are given to services by name alone, and set by no workflow: where containers need a value, write it into env: of the workflow that deploys and run this again, or set them in the environment of the runner
COMPOSE_PROFILES is prod,mail in each workflow, as those profiles are active here, and a checkout on the runner does not say so: see that they are what is to run there
VERSION has another value in your .env, which git and so the runner does not have, than its default in the compose files; the workflows take it from \${{ secrets.VERSION_STAGING }}: where production needs your value set that, else it has the default
PORT, TZ have another value in your .env, which git and so the runner does not have, than the default in the compose files, with which they are deployed unless the runner has values of its own: where production needs yours, write NAME: \${{ vars.NAME }} into env: of the workflow that deploys, or secrets.NAME, and run this again
old.yml deploys past Sluice: remove it
`;
const byHand = (
  stack: string,
) => `export STACK_NAME=${stack} COMPOSE_FILE=compose.yml:compose.deploy.yml:compose.sluice.yml SLUICE_ENVIRONMENT=staging GREETING='it'\\''s on'
and with what only a run knows, set by you: API_KEY (\${{ secrets.API_KEY_STAGING }}), TAG (${tag})
`;
const deployer = () =>
  fakeDeployer({
    workflows: async () => ({
      directory: cwd,
      stack: null,
      files: [{ path, text: "on: release\n" }],
      byHand: ["old.yml"],
      altered,
      leftOut,
      migration,
      untaken,
      droppedSteps,
      inCheckout,
      ownDefaults,
      outOfGit,
      settings,
      unset,
      profiles,
    }),
  });

describe("sluice init --workflow", () => {
  it("writes workflows, and says which ones deploy past it, and which of their variables it does not take over", async () => {
    const { exitCode, stdout } = await run(["init", "--workflow"], { deployer: deployer(), cwd });
    expect([exitCode, stdout]).toEqual([
      0,
      `${path} is written\n${told}by hand the same is deployed from ${cwd} after this line, with the name of the stack for mystack:\n${byHand("mystack")}`,
    ]);
    expect(await readFile(join(cwd, path), "utf8")).toBe("on: release\n");
    const again = await run(["init", "--workflow"], { deployer: deployer(), cwd });
    expect(again.stdout).toContain(`${path} is as it should be\n`);
  });

  it("says which profiles are active here alone", async () => {
    const found = { ...(await deployer().workflows()), profiles: { profiles: "prod", isSet: false } };
    const { stdout } = await run(["init", "--workflow"], {
      deployer: fakeDeployer({ workflows: async () => found }),
      cwd,
    });
    expect(stdout).toContain(
      "prod of COMPOSE_PROFILES is active here, and no workflow says so: where production is to run what is under it, write COMPOSE_PROFILES into env: of the workflow that deploys and run this again, or give it as --profile\n",
    );
    expect(stdout).not.toContain("in each workflow, as those profiles");
  });

  it("says that one with the name of what it writes deploys past it until --yes", async () => {
    await mkdir(join(cwd, ".github/workflows"), { recursive: true });
    await writeFile(join(cwd, path), "on: release # docker compose up -d\n");
    const found = { ...(await deployer().workflows()), byHand: [path] };
    const over = fakeDeployer({ workflows: async () => found });
    const kept = await run(["init", "--workflow"], { deployer: over, cwd });
    const line = `${path} goes on deploying past Sluice until \`sluice init --workflow --yes\` has written it\n`;
    expect(kept.stdout).toContain(line);
    const asked = await run(["init", "--workflow", "--json"], { deployer: over, cwd });
    expect(JSON.parse(asked.stdout)).toMatchObject({ byHand: [path], files: [{ state: "differs" }] });
    const changed = await run(["init", "--workflow", "--yes"], { deployer: over, cwd });
    expect(changed.stdout).not.toContain("past Sluice");
  });

  it("says last what to set by hand, also where the stack is named in the workflow", async () => {
    const named = settings.map((one) => (one.name === "STACK_NAME" ? { ...one, value: "our shop" } : one));
    const found = { ...(await deployer().workflows()), settings: named };
    const { stdout } = await run(["init", "--workflow"], {
      deployer: fakeDeployer({ workflows: async () => found }),
      cwd,
    });
    const line = `by hand the same is deployed from ${cwd} after this line:\n`;
    expect(stdout.endsWith(`${line}${byHand("'our shop'")}`)).toBe(true);
    const plain = { ...found, settings: named.filter(({ value }) => !value.includes("${{")) };
    const other = await run(["init", "--workflow"], { deployer: fakeDeployer({ workflows: async () => plain }), cwd });
    expect(other.stdout).not.toContain("only a run knows");
  });

  it("says the name of the stack that is known", async () => {
    const found = { ...(await deployer().workflows()), stack: "shop" };
    const known = fakeDeployer({ workflows: async () => found });
    const { stdout } = await run(["init", "--workflow"], { deployer: known, cwd });
    const line = "after this line, where secrets.STACK_NAME_STAGING is that name, too:\n";
    expect(stdout.endsWith(`${line}${byHand("shop")}`)).toBe(true);
    expect(stdout).not.toContain("mystack");
  });

  it("writes them at the root of the checkout, where GitHub looks for them", async () => {
    await mkdir(join(cwd, "src"));
    const { stdout } = await run(["init", "--workflow"], { deployer: deployer(), cwd: join(cwd, "src") });
    expect(stdout).toContain(`../${path} is written\n`);
    expect(await readFile(join(cwd, path), "utf8")).toBe("on: release\n");
  });

  it("changes what is there only with --yes, and shows it before", async () => {
    await run(["init", "--workflow"], { deployer: deployer(), cwd });
    await writeFile(join(cwd, path), "on: push\n");
    const asked = await run(["init", "--workflow"], { deployer: deployer(), cwd });
    expect(asked.stdout).toContain("- on: push\n+ on: release\n");
    expect(await readFile(join(cwd, path), "utf8")).toBe("on: push\n");
    const changed = await run(["init", "--workflow", "--yes", "--json"], { deployer: deployer(), cwd });
    expect(JSON.parse(changed.stdout)).toEqual({
      v: 1,
      directory: cwd,
      stack: null,
      files: [{ path, state: "written" }],
      byHand: ["old.yml"],
      altered,
      leftOut,
      migration,
      untaken,
      droppedSteps,
      inCheckout,
      ownDefaults,
      outOfGit,
      settings,
      unset,
      profiles,
    });
    expect(await readFile(join(cwd, path), "utf8")).toBe("on: release\n");
  });

  it("shows with --yes what of a file that was there is gone", async () => {
    await run(["init", "--workflow"], { deployer: deployer(), cwd });
    await writeFile(join(cwd, path), "on: push # ours\n");
    const { stdout } = await run(["init", "--workflow", "--yes"], { deployer: deployer(), cwd });
    expect(stdout).toContain(`- on: push # ours\n+ on: release\n\n${path} is written\n`);
  });
});
