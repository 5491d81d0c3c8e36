import { type ComposeSecurityFacts, composeDiagnoses } from "@sluice/compose";
import {
  changedBaseFindings,
  homeFindings,
  mountFindings,
  type ObservedStack,
  stackFindings,
  unstoredFindings,
  type Verdict,
} from "@sluice/core";
import { aService, aStack } from "@sluice/core/testing";
import { type BackupFacts, backupDiagnoses } from "@sluice/database";
import { doorImageDiagnoses, engineDiagnoses, projectDiagnoses, recordDiagnoses, stackDiagnoses } from "@sluice/engine";
import { notifyDiagnoses } from "@sluice/notify";
import {
  type GithubFacts,
  type GithubRunner,
  githubDiagnoses,
  type ReleaseFacts,
  type RunnerFacts,
  type RunnerUse,
  releaseDiagnoses,
  runnerDiagnoses,
} from "@sluice/release";
import {
  checkoutDiagnoses,
  fileDiagnoses,
  jobsWithoutSettings,
  minutesDiagnoses,
  settingsDiagnoses,
  shortJobs,
  unreleasedCheckouts,
  unwrittenFiles,
  workflowDiagnoses,
} from "@sluice/workflows";
import { dependencyDiagnoses } from "../../src/doctor/dependency-examiner.ts";
import { type EnvironmentFacts, environmentDiagnoses } from "../../src/doctor/environment-diagnoses.ts";
import { findingDiagnoses } from "../../src/doctor/finding-diagnoses.ts";
import { homeDiagnoses } from "../../src/doctor/home-diagnoses.ts";
import { type MachineFacts, machineDiagnoses } from "../../src/doctor/machine-diagnoses.ts";
import { memoryDiagnoses } from "../../src/doctor/memory-diagnoses.ts";
import { type AccessFacts, accessDiagnoses } from "../../src/doctor/security/access-diagnoses.ts";
import { problemText } from "../../src/notify/channels.ts";

const now = new Date("2026-05-01T12:00:00Z");
export const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const gibibyte = 1_073_741_824;
export const live = { slot: "blue", release: "r1" } as const;

export const services = [aService("web"), aService("worker", { role: "worker" }), aService("db", { role: "data" })];

const aRunner = (over: Partial<RunnerFacts> = {}): RunnerFacts => ({
  directory: "/opt/actions-runner",
  isRegistered: true,
  place: "acme/shop",
  unit: "actions.runner.shop.service",
  isActive: true,
  isEnabled: true,
  user: "deploy",
  canUseEngine: true,
  workFreeBytes: 50 * gibibyte,
  ...over,
});

/** What the doctor says of each area, on a healthy machine, with one thing changed. */
export const look = {
  engine: (free: number | null = 50 * gibibyte) =>
    engineDiagnoses({ engineVersion: "28", composeVersion: "2.40", freeDiskBytes: free, findings: [] }, gibibyte),
  doors: (missing: Parameters<typeof doorImageDiagnoses>[0] = null) => doorImageDiagnoses(missing),
  project: (...findings: Parameters<typeof projectDiagnoses>[0]) => projectDiagnoses(findings),
  record: (over: Partial<Parameters<typeof recordDiagnoses>[0]> = {}) =>
    recordDiagnoses({ last: null, now, isDeploying: false, chainProblems: [], observed: null, ...over }),
  stack: (over: Partial<ObservedStack> = {}) => stackDiagnoses({ ...aStack({ live }), ...over }, false),
  findings(over: Partial<ObservedStack> = {}) {
    const observed = { ...aStack({ services, live }), ...over };
    return findingDiagnoses([
      ...stackFindings(observed, services),
      ...changedBaseFindings(observed, "v1"),
      ...homeFindings(observed, "home"),
    ]);
  },
  unstored: (bundles: Parameters<typeof unstoredFindings>[1] = [{ id: live.release }]) =>
    findingDiagnoses(unstoredFindings(aStack({ services, live }), bundles)),
  mounts: (...filesDirs: readonly string[]) =>
    findingDiagnoses(
      mountFindings(
        filesDirs.map((filesDir) => ({ ...live, filesDir })),
        "/new",
      ),
    ),
  home: (over: Partial<Parameters<typeof homeDiagnoses>[0]> = {}) =>
    homeDiagnoses({ path: "/var/lib/sluice/shop", fileSystem: 0xef53, freeBytes: gibibyte, readOnly: null, ...over }),
  memory: (availableBytes = gibibyte) => memoryDiagnoses({ availableBytes, totalBytes: 8 * gibibyte }),
  notify: (missing: readonly string[] = [], outbox: Parameters<typeof notifyDiagnoses>[1] = []) =>
    notifyDiagnoses(
      { channels: [], problem: problemText(missing.length > 0 ? [{ channel: "team", missing }] : []) || null },
      outbox,
    ),
  machine: (over: Partial<MachineFacts> = {}) =>
    machineDiagnoses({ takenPorts: [], isClockSynchronised: true, unresolvedDomain: null, ...over }),
  runner: (over: Partial<RunnerFacts> = {}) => look.runners([aRunner(over)]),
  runners: (runners: readonly RunnerFacts[] = [aRunner()], use: Partial<RunnerUse> = {}) =>
    runnerDiagnoses(runners, { repository: "acme/shop", isJob: false, ...use }),
  release: (over: Partial<ReleaseFacts> = {}) =>
    releaseDiagnoses({
      ignored: null,
      described: "v1",
      commit: "c0ffee",
      isDirty: false,
      isShallow: false,
      tagsAtHead: ["v1"],
      missingSubmodules: [],
      lfsPointers: [],
      ...over,
    }),
  github: (over: Partial<GithubFacts> = {}) =>
    githubDiagnoses({
      repository: "acme/shop",
      runners: [aGithubRunner(), { name: "builder", isOnline: false, labels: ["self-hosted", "Linux"] }],
      localRunners: ["server-1"],
      wantedLabels: ["self-hosted", "production"],
      tagged: onGithub(),
      allowPrerelease: false,
      ...over,
    }),
  dependencies: (over: Partial<Verdict> = {}) =>
    dependencyDiagnoses([
      {
        service: "web",
        verdict: { check: "reachable", result: "pass", value: "all 2 connected", limit: "", n: 2, ...over },
      },
    ]),
  environment: (over: Partial<EnvironmentFacts> = {}) =>
    environmentDiagnoses({
      tag: "v1",
      live: { "web.A": "1" },
      here: { "web.A": "1" },
      isSameCommit: true,
      ofRun: new Set(),
      ...over,
    }),
  backups: (over: Partial<BackupFacts> = {}) =>
    backupDiagnoses({
      beforeDeploy: "proven",
      canBeTaken: true,
      backups: [{ id: "b1", at: hoursAgo(9), verified: [restored(9)] }],
      damagedCount: 0,
      keyProblem: null,
      records: [{ at: hoursAgo(9), action: "backup", result: "done", error: null }],
      now,
      ...over,
    }),
  access: (over: Partial<AccessFacts> = {}) =>
    accessDiagnoses({
      socket: "/var/run/docker.sock",
      socketMode: 0o660,
      engineUsers: ["deploy"],
      dockerHost: undefined,
      usesTls: false,
      home: "/var/lib/sluice/shop",
      homeMode: 0o700,
      envFiles: [{ path: ".env", mode: 0o600, isCommitted: false }],
      ...over,
    }),
  compose: (web: ComposeSecurityFacts["model"]["services"][string] = {}, over: Partial<ComposeSecurityFacts> = {}) =>
    composeDiagnoses({
      model: {
        services: {
          web: { ports: [{ target: 80, published: "80" }], environment: { SECRET_KEY: "k9$x" }, ...web },
          db: { ports: [{ target: 5432, published: "5432", host_ip: "127.0.0.1" }] },
        },
      },
      services: [
        { name: "web", role: "web" },
        { name: "db", role: "data" },
      ],
      writtenSecrets: [],
      ...over,
    }),
  settings: (workflow = healthyWorkflow) =>
    settingsDiagnoses(jobsWithoutSettings([{ path: "deploy-production.yml", text: workflow }], ["production"])),
  minutes: (held = 2, workflow = healthyWorkflow) =>
    minutesDiagnoses(shortJobs([{ path: "deploy-production.yml", text: workflow }], "production", held), {
      environment: "production",
      held,
      wanted: 500,
    }),
  checkouts: (workflow = healthyVerify) =>
    checkoutDiagnoses(
      unreleasedCheckouts([{ path: "verify-production.yml", text: workflow }], "production"),
      "production",
    ),
  files: (workflow = withoutAction.replace("deploy }]", "deploy > app.env }]")) =>
    fileDiagnoses(
      unwrittenFiles([{ path: "deploy-production.yml", text: workflow }], "production", [
        { kind: "env_file", name: "web", source: "app.env", isOptional: false },
      ]),
    ),
  workflow: (workflow = healthyWorkflow) => workflowDiagnoses([{ path: "deploy.yml", text: workflow }]),
};

export function aGithubRunner(over: Partial<GithubRunner> = {}): GithubRunner {
  return { name: "server-1", isOnline: true, labels: ["self-hosted", "Linux", "X64", "production"], ...over };
}

/** A tag that is a published release of the commit that is checked out. */
export function onGithub(over: Partial<NonNullable<GithubFacts["tagged"]>> = {}): GithubFacts["tagged"] {
  const release = { isDraft: false, isPrerelease: false };
  return { tag: "v1", commit: "c0ffee0", release, githubCommit: "c0ffee0", ...over };
}

/** A backup that a server took and held, by its age in hours. */
export function restored(hours: number) {
  return { level: "compared", at: hoursAgo(hours), restoreMs: 900, notTested: [] as string[] } as const;
}

export const sha = "d23441a48e516b6c34aea4fa41551a30e30af803";
export const healthyWorkflow = `on: { release: { types: [published] }, pull_request: {} }
permissions: { contents: read }
concurrency: { group: production, cancel-in-progress: false }
jobs:
  deploy:
    runs-on: ubuntu-latest
    env: { SLUICE_ENVIRONMENT: production }
    steps: [{ uses: actions/checkout@${sha} }, { uses: ./own }, { run: exec sluice deploy }]
`;
/** No step of which may do what nobody can read in it. */
export const withoutAction = healthyWorkflow.replace(" { uses: ./own },", "");
export const healthyVerify = `on: { schedule: [{ cron: "*/30 * * * *" }], workflow_dispatch: {} }
permissions: { contents: read }
jobs:
  verify:
    runs-on: [self-hosted, production]
    steps:
      - uses: actions/checkout@${sha}
        if: hashFiles('.git/index') == ''
      - run: exec sluice verify
`;
