import { type Diagnosis, type ObservedContainer, type ObservedStack, SluiceError } from "@sluice/core";
import { aContainer, aDoor, aStack } from "@sluice/core/testing";
import { examine, type recordDiagnoses } from "@sluice/engine";
import { githubFailure } from "@sluice/release";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import {
  aGithubRunner,
  healthyVerify,
  healthyWorkflow,
  hoursAgo,
  live,
  look,
  onGithub,
  restored,
  services,
  sha,
  withoutAction,
} from "../../test/support/healthy-machine.ts";

const changed = (from: string | RegExp, to: string) => look.workflow(healthyWorkflow.replace(from, to));

const { slots } = aStack({ services, live });
const [web = aContainer("web"), ...others] = slots.blue.containers;
const withLive = (containers: readonly ObservedContainer[]): Partial<ObservedStack> => ({
  slots: { ...slots, blue: { ...slots.blue, containers } },
});
const withWeb = (over: object) => withLive([{ ...web, ...over }, ...others]);
const door = (over: object, share: number | null = 0) => ({
  doors: { web: aDoor("web", share === null ? null : { stable: "blue", share, salt: 0 }, over) },
});
const link = { slot: "blue", service: "db", container: "shop-db-1", link: "l", aliases: ["db"] } as const;
const plan = { kind: "deploy", candidate: "blue", previous: null, steps: [] };
const start = { type: "deployment-start", deployment: "d1", tag: "v2", at: hoursAgo(1), plan };
const attempt = (end?: object) =>
  ({ last: { start, end, outcomes: [], orders: [], begun: [], undos: [] } }) as unknown as Partial<
    Parameters<typeof recordDiagnoses>[0]
  >;
const waiting = { state: "waiting", channel: "team", reason: "answers 404" } as never;
const thrown = (error: SluiceError) => {
  const examiner = { name: "release", examine: () => Promise.reject(error) };
  return examine([examiner], createFakeClock()).then(({ diagnoses }) => diagnoses);
};

type Row = readonly [expected: string, found: readonly Diagnosis[] | Promise<readonly Diagnosis[]>, mend: RegExp];

const broken = { at: hoursAgo(6), code: "BACKUP_DIFFERS", message: "table orders differs" };
const faults: Readonly<Record<string, Row>> = {
  "a disk that is too full": ["error disk-low", look.engine(5), /sluice prune/],
  "doors without an image": [
    "error door-image-missing",
    look.doors({ image: "nosuch/door:9", hint: "docker pull nosuch/door:9" }),
    /^docker pull nosuch\/door:9/,
  ],
  "a variable that is missing": [
    "warn variable-not-set",
    look.project({ severity: "warn", code: "variable-not-set", message: "X is not set", hint: "set X" }),
    /set X/,
  ],
  "a variable that is empty": [
    "warn variable-empty",
    look.project({ severity: "warn", code: "variable-empty", message: "X is empty", hint: "set X" }),
    /set X/,
  ],
  "a variable that is cut at its $": [
    "warn variable-not-set",
    look.project({ severity: "warn", code: "variable-not-set", message: "cut at its $", hint: "single quotes" }),
    /single quotes/,
  ],
  "a service that cannot be two": [
    "error cannot-be-two",
    look.project({ severity: "error", code: "cannot-be-two", message: "web cannot be two" }),
    /sluice plan/,
  ],
  "a record that was changed": [
    "error chain-broken",
    look.record({ chainProblems: ["line 3"] }),
    /sluice audit verify/,
  ],
  "a clock that went back": [
    "error clock-behind",
    look.record(attempt({ at: hoursAgo(-5), outcome: "live" })),
    /timedatectl/,
  ],
  "an attempt without an end": ["error attempt-unfinished", look.record(attempt()), /sluice resume/],
  "an attempt that needs a person": [
    "error attempt-needs-person",
    look.record(attempt({ at: hoursAgo(1), outcome: "needs-person", exitCode: 30, reason: "x" })),
    /sluice abort/,
  ],
  "a live container that is unhealthy": [
    "error live-ill",
    look.stack(withWeb({ health: "unhealthy" })),
    /^docker logs/,
  ],
  "a live container that ran out of memory": [
    "error service-short",
    look.findings(withWeb({ state: "exited", oomKilled: true })),
    /^sluice deploy .* docker logs/,
  ],
  "a live container that is gone": ["error service-short", look.findings(withLive([web])), /^sluice deploy/],
  "a live container that restarts": ["error live-ill", look.stack(withWeb({ state: "restarting" })), /^docker logs/],
  "a base service that does not run": [
    "error base-stopped",
    look.findings({
      base: { db: { service: "db", state: "stopped", reason: "exited", containers: [aContainer("db")] } },
    }),
    /^docker start/,
  ],
  "a base service of another release": [
    "warn base-changed",
    look.findings({
      base: { db: { service: "db", state: "changed", reason: "its configuration changed", containers: [] } },
    }),
    /^check out v1, then: sluice deploy --release v1$/,
  ],
  "what is left of an attempt": [
    "warn leftover-job",
    look.stack({ leftovers: [{ severity: "warn", code: "leftover-job", message: "x is left" }] }),
    /sluice deploy/,
  ],
  "a stack of another state home": ["error home-mismatch", look.findings({ homeId: "other" }), /./],
  "a stack whose releases are lost": ["error release-not-stored", look.unstored([]), /state import .*state rebuild/],
  "files of another state home": [
    "warn mounts-of-another-home",
    look.mounts("/old/releases/r1/files"),
    /^keep \/old .*sluice deploy/,
  ],
  "a door that was stopped": ["error door-stopped", look.findings(door({ state: "stopped" })), /./],
  "a door that is silent": ["error door-silent", look.findings(door({}, null)), /./],
  "a door of an older kind": ["warn door-outdated", look.findings(door({ state: "outdated" })), /./],
  "a slot that lost its database": ["error missing-link", look.findings({ missingLinks: [link] }), /./],
  "a base service that was taken from its network": [
    "error base-cut-off",
    look.findings({
      base: {
        db: {
          service: "db",
          state: "current",
          reason: "",
          containers: [aContainer("db")],
          lost: [{ container: "shop-db-1", network: "shop_default", aliases: ["db"], addresses: [] }],
        },
      },
    }),
    /docker network connect --alias db shop_default shop-db-1$/,
  ],
  "a container that has lost its restart policy": [
    "warn restart-lost",
    look.findings({ lostRestarts: [{ slot: null, service: "db", container: "shop-db-1", policy: "always" }] }),
    /^docker update --restart=always shop-db-1$/,
  ],
  "a second worker": ["error second-worker", look.findings({ plain: [aContainer("worker")] }), /./],
  "a second copy": ["warn second-copy", look.findings({ plain: [aContainer("web")] }), /./],
  "a state home in memory": ["error home-in-memory", look.home({ fileSystem: 0x0102_1994 }), /--state-home/],
  "a state home on a full disk": ["error home-disk-low", look.home({ freeBytes: 1_000 }), /^df -h/],
  "a state home that cannot be written": [
    "error home-read-only",
    look.home({ readOnly: new SluiceError("HOME_UNUSABLE", "nothing can be written", { hint: "--state-home" }) }),
    /--state-home/,
  ],
  "too little memory for two versions": ["warn memory-low", look.memory(1_000), /docker stats/],
  "a channel without its variable": ["error notify-variable-missing", look.notify(["SLACK_URL"]), /sluice\.yaml/],
  "people who were not told": ["warn outbox-waiting", look.notify([], [waiting]), /sluice outbox flush/],
  "a port that others have": [
    "error port-taken",
    look.machine({ takenPorts: [{ service: "web", port: 80 }] }),
    /^ss -ltnp 'sport = :80'/,
  ],
  "a clock that follows nobody": ["warn clock-unsynchronised", look.machine({ isClockSynchronised: false }), /set-ntp/],
  "a domain without an address": [
    "warn domain-unresolved",
    look.machine({ unresolvedDomain: "shop.example.com" }),
    /^getent hosts shop\.example\.com/,
  ],
  "a runner that is registered nowhere": [
    "error runner-unregistered",
    look.runner({ isRegistered: false }),
    /config\.sh.*--labels production/,
  ],
  "a runner that is no service": [
    "warn runner-no-service",
    look.runner({ unit: null, isActive: null, isEnabled: null }),
    /svc\.sh install/,
  ],
  "a runner that was stopped": ["error runner-stopped", look.runner({ isActive: false }), /svc\.sh start.*journalctl/],
  "a runner that does not come back": [
    "warn runner-not-enabled",
    look.runner({ isEnabled: false }),
    /systemctl enable/,
  ],
  "a runner without rights": [
    "error runner-no-engine",
    look.runner({ canUseEngine: false }),
    /usermod -aG docker deploy/,
  ],
  "a runner without room": ["error runner-work-disk-low", look.runner({ workFreeBytes: 5 }), /_work/],
  "a draft": ["warn release-ignored", look.release({ ignored: "release v2 is a draft" }), /--draft=false/],
  "a project without a repository": [
    "warn checkout-no-repository",
    look.release({ commit: null, isDirty: true, tagsAtHead: [] }),
    /checkout/,
  ],
  "submodules that are not checked out": [
    "error checkout-submodules",
    look.release({ missingSubmodules: ["libs/a"] }),
    /^git submodule update --init --recursive/,
  ],
  "files of Git LFS that are pointers": [
    "error checkout-lfs",
    look.release({ lfsPointers: ["web/a.bin"] }),
    /^git lfs pull; /,
  ],
  "changes that no commit has": [
    "warn checkout-dirty",
    look.release({ isDirty: true }),
    /^git status .* \.gitignore what containers write$/,
  ],
  "a checkout without tags": [
    "warn checkout-shallow",
    look.release({ isShallow: true, tagsAtHead: [] }),
    /fetch-depth: 0/,
  ],
  "a tag that cannot name a release": [
    "error release-name",
    look.release({ described: "2.0#final", tagsAtHead: ["2.0#final"] }),
    /--release NAME/,
  ],
  "a prerelease": [
    "error release-refused",
    thrown(new SluiceError("RELEASE_REFUSED", "v2 is a prerelease", { hint: "publish it" })),
    /publish it/,
  ],
  "an event that is none": [
    "error event-invalid",
    thrown(new SluiceError("EVENT_INVALID", "it is no JSON", { hint: "--release TAG" })),
    /--release TAG/,
  ],
  "a runner that GitHub has removed": [
    "error runner-unknown",
    look.github({ localRunners: ["server-1", "server-2"] }),
    /config\.sh remove --local.*github\.com\/acme\/shop/,
  ],
  "a runner that GitHub does not see": [
    "error runner-offline",
    look.github({ runners: [aGithubRunner({ isOnline: false })] }),
    /svc\.sh status/,
  ],
  "a runner without the label of the workflow": [
    "error runner-labels",
    look.github({ runners: [aGithubRunner({ labels: ["self-hosted", "staging"] })] }),
    /runs-on/,
  ],
  "a tag that is another commit on GitHub": [
    "error tag-moved",
    look.github({ tagged: onGithub({ githubCommit: "decade0" }) }),
    /^git fetch --tags --force && git checkout v1/,
  ],
  "a tag without a release": [
    "warn release-missing",
    look.github({ tagged: onGithub({ release: null }) }),
    /sluice release create v1/,
  ],
  "a release that is a draft on GitHub": [
    "warn release-draft",
    look.github({ tagged: onGithub({ release: { isDraft: true, isPrerelease: false }, githubCommit: null }) }),
    /sluice release promote v1/,
  ],
  "a release that is a prerelease on GitHub": [
    "warn release-prerelease",
    look.github({ tagged: onGithub({ release: { isDraft: false, isPrerelease: true } }) }),
    /sluice release promote v1/,
  ],
  "a token that GitHub does not take": [
    "error github-denied",
    [githubFailure({ code: "GITHUB_DENIED", message: "GitHub refuses the token" })],
    /permissions:/,
  ],
  "GitHub that has to be asked and does not answer": [
    "error github-unreachable",
    [githubFailure({ code: "GITHUB_UNREACHABLE", message: "no answer in time" }, true)],
    /outbox flush/,
  ],
  "GitHub that does not answer": [
    "warn github-unreachable",
    [githubFailure({ code: "GITHUB_UNREACHABLE", message: "no answer in time" }, false)],
    /outbox flush/,
  ],
  "a mail server that the application does not reach": [
    "error dependency-unreachable",
    look.dependencies({ result: "fail", value: "no connection to smtp:587", detail: "x\nrefused" }),
    /sluice verify/,
  ],
  "a dependency that cannot be asked": [
    "warn dependency-unknown",
    look.dependencies({ result: "no-data", value: "no container runs" }),
    /sluice verify/,
  ],
  "variables that differ from the live release": [
    "warn variable-differs",
    look.environment({ here: { "web.A": "2" } }),
    /secrets of the repository/,
  ],
  "a database without a backup": [
    "error backup-none",
    look.backups({ backups: [], records: [] }),
    /db backup --verify/,
  ],
  "no backup yet of a database that does not run, as nothing was deployed": [
    "note backup-none",
    look.backups({ canBeTaken: false, backups: [], records: [] }),
    /^after the first deployment: sluice db backup --verify$/,
  ],
  "a backup that is old": [
    "error backup-old",
    look.backups({ backups: [{ id: "b", at: hoursAgo(40), verified: [restored(40)] }] }),
    /init --workflow/,
  ],
  "backups that were never restored": [
    "warn backup-unproven",
    look.backups({
      backups: [{ id: "b", at: hoursAgo(9), verified: [{ ...restored(9), level: "decoded", restoreMs: 0 }] }],
    }),
    /sluice db verify/,
  ],
  "a restore that is long ago": [
    "warn backup-unproven",
    look.backups({
      backups: [
        { id: "a", at: hoursAgo(300), verified: [restored(300)] },
        { id: "b", at: hoursAgo(9), verified: [] },
      ],
    }),
    /sluice db verify/,
  ],
  "backups that cannot be read": ["error backup-damaged", look.backups({ damagedCount: 1 }), /sluice db list/],
  "a key of backups that is gone": [
    "error backup-key",
    look.backups({ keyProblem: "the identity file /k cannot be read: ENOENT" }),
    /identityFile/,
  ],
  "a backup that failed": [
    "error backup-failed",
    look.backups({ records: [{ at: hoursAgo(1), action: "backup", result: "failed", error: "no space" }] }),
    /db backup --verify/,
  ],
  "a verification that failed": [
    "error backup-failed",
    look.backups({ records: [{ at: hoursAgo(1), action: "verify", result: "failed", error: "no space" }] }),
    /^sluice db verify$/,
  ],
  "a newest backup that is broken": [
    "error backup-broken",
    look.backups({
      backups: [
        { id: "a", at: hoursAgo(30), verified: [restored(30)] },
        { id: "b", at: hoursAgo(6), verified: [restored(6)], failed: broken },
      ],
      records: [{ at: hoursAgo(6), action: "backup", result: "failed", error: broken.message }],
    }),
    /db backup --verify; sluice db verify b/,
  ],
  "a socket for everybody": ["error socket-world-writable", look.access({ socketMode: 0o666 }), /^chmod 660/],
  "users who need no engine": [
    "warn engine-many-users",
    look.access({ engineUsers: ["ada", "deploy"] }),
    /^gpasswd -d/,
  ],
  "an engine without TLS": ["error engine-without-tls", look.access({ dockerHost: "tcp://10.0.0.1:2375" }), /ssh:\/\//],
  "a state home for everybody": ["error home-readable", look.access({ homeMode: 0o755 }), /^chmod 700 \/[^ ]*$/],
  "an env file for everybody": [
    "warn env-file-readable",
    look.access({ envFiles: [{ path: ".env", mode: 0o644, isCommitted: false }] }),
    /^chmod 600 \.env/,
  ],
  "secrets in git": [
    "error env-file-committed",
    look.access({ envFiles: [{ path: ".env", mode: 0o600, isCommitted: true }] }),
    /^git rm --cached \.env/,
  ],
  "a service with the engine's socket": [
    "warn socket-mounted",
    look.compose({ volumes: [{ type: "bind", source: "/var/run/docker.sock", target: "/s", read_only: true }] }),
    /socket proxy/,
  ],
  "a privileged service": ["warn service-privileged", look.compose({ privileged: true }), /cap_drop/],
  "a service with capabilities like root": [
    "warn service-privileged",
    look.compose({ cap_add: ["NET_BIND_SERVICE", "SYS_ADMIN"] }),
    /cap_drop/,
  ],
  "a service in the machine's network": ["warn service-in-host", look.compose({ network_mode: "host" }), /networks/],
  "a service among the machine's processes": ["warn service-in-host", look.compose({ pid: "host" }), /compose file/],
  "a service with the whole disk": [
    "warn root-mounted",
    look.compose({ volumes: [{ type: "bind", source: "/", target: "/host" }] }),
    /read_only: true/,
  ],
  "a database in the open": [
    "error data-published",
    look.compose({}, { model: { services: { db: { ports: [{ target: 5432, published: "5432" }] } } } }),
    /127\.0\.0\.1:5432:5432/,
  ],
  "a secret that everybody knows": [
    "error secret-known",
    look.compose({ environment: { POSTGRES_PASSWORD: "changethis" } }),
    /openssl rand/,
  ],
  "a secret in a compose file": [
    "error secret-in-compose",
    look.compose({}, { writtenSecrets: [{ file: "compose.yml", name: "DB_PASSWORD" }] }),
    /\$\{DB_PASSWORD:\?\} in compose\.yml/,
  ],
  "a default of a secret in a compose file": [
    "warn secret-in-compose",
    look.compose({}, { writtenSecrets: [{ file: "compose.yml", name: "DB_PASSWORD", isDefault: true }] }),
    /\$\{DB_PASSWORD:\?\} in compose\.yml/,
  ],
  "a workflow with all permissions": [
    "warn workflow-permissions",
    changed("permissions: { contents: read }", "permissions: write-all"),
    /contents: read/,
  ],
  "a workflow that names no permissions": [
    "warn workflow-permissions",
    changed("permissions: { contents: read }\n", ""),
    /contents: read/,
  ],
  "an action by tag": ["warn workflow-unpinned", changed(sha, "v4"), /commit/],
  "pull requests on the machine that serves": [
    "error workflow-foreign-code",
    changed("ubuntu-latest", "[self-hosted, production]"),
    /ubuntu-latest/,
  ],
  "pull requests on a runner with a name of its own": [
    "error workflow-foreign-code",
    changed("ubuntu-latest", "production"),
    /ubuntu-latest/,
  ],
  "the name of a branch as a part of a script": [
    "error workflow-injection",
    changed("exec sluice deploy", "'echo ${{ github.ref_name }}'"),
    /env:/,
  ],
  "a title as a part of a script": [
    "error workflow-injection",
    changed("exec sluice deploy", "'echo ${{ github.event.release.name }}'"),
    /env:/,
  ],
  "settings of an environment that no workflow uses": [
    "warn environment-unused",
    look.settings(healthyWorkflow.replace(/^ +env: .*\n/m, "")),
    /sluice init --workflow --env production --yes.*SLUICE_ENVIRONMENT: production/,
  ],
  "a job that ends before its deployment": [
    "warn job-too-short",
    look.minutes(400),
    /^timeout-minutes: 500 in the job, or sluice init --workflow --yes$/,
  ],
  "checks that check out what nobody has released": [
    "warn checkout-unreleased",
    look.checkouts(healthyVerify.replace(/^ +if: .*\n/m, "")),
    /^sluice init --workflow --yes, or if: hashFiles/,
  ],
  "a deployment without a file that git does not have": [
    "warn file-not-in-git",
    look.files(withoutAction),
    /^a step before that writes app\.env from a secret/,
  ],
  "deployments that cancel one another": [
    "warn workflow-cancels",
    changed("cancel-in-progress: false", "cancel-in-progress: true"),
    /cancel-in-progress: false/,
  ],
};

describe("the doctor", () => {
  it.each(Object.entries(look))("says nothing on a healthy machine: %s", (_, healthy) => {
    expect((healthy as () => readonly Diagnosis[])()).toEqual([]);
  });

  it.each(Object.entries(faults))("finds %s, and nothing else", async (_, [expected, found, mend]) => {
    const diagnoses = await found;
    expect(diagnoses.map(({ severity, code }) => `${severity} ${code}`)).toEqual([expected]);
    expect(diagnoses[0]?.mend).toMatch(mend);
    expect(diagnoses[0]?.why).toMatch(/^\S.{10,}$/);
  });

  it("counts a backup that was found broken as none", () => {
    const codesOf = (over: Parameters<typeof look.backups>[0]) => look.backups(over).map(({ code }) => code);
    const bad = { id: "b", at: hoursAgo(6), verified: [restored(6)], failed: broken };
    expect(codesOf({ backups: [bad] })).toEqual(["backup-none", "backup-broken"]);
    const old = { id: "a", at: hoursAgo(240), verified: [restored(240)] };
    expect(codesOf({ backups: [old, bad] })).toEqual(["backup-broken", "backup-old", "backup-unproven"]);
    // An older one is of no account once there is a good one.
    expect(codesOf({ backups: [bad, { id: "c", at: hoursAgo(5), verified: [restored(5)] }] })).toEqual([]);
  });

  it("misses no backup where people see to them by other means, until there was one here", () => {
    const codesOf = (over: Parameters<typeof look.backups>[0]) =>
      look.backups({ beforeDeploy: "none", records: [], ...over }).map(({ code }) => code);
    expect(codesOf({ backups: [] })).toEqual([]);
    expect(codesOf({ backups: [{ id: "b", at: hoursAgo(40), verified: [restored(40)] }] })).toEqual(["backup-old"]);
    expect(codesOf({ backups: [{ id: "b", at: hoursAgo(6), verified: [], failed: broken }] })).toContain("backup-none");
  });

  it("judges no runner that GitHub does not show, or that may be an organization's", () => {
    expect(look.github({ runners: null })).toEqual([]);
    expect(look.github({ runners: [], localRunners: [] })).toEqual([]);
    expect(look.github({ tagged: null })).toEqual([]);
    expect(
      look.github({ tagged: onGithub({ release: { isDraft: false, isPrerelease: true } }), allowPrerelease: true }),
    ).toEqual([]);
  });

  it("compares labels as GitHub does, without case", () => {
    const runners = [aGithubRunner({ labels: ["self-hosted", "Linux", "X64", "Production"] })];
    expect(look.github({ runners, wantedLabels: ["self-hosted", "linux", "x64", "production"] })).toEqual([]);
    expect(look.github({ runners, wantedLabels: ["self-hosted", "PRODUCTION"] })).toEqual([]);
  });

  it("names variables that differ, never their values, and only for the commit that serves", () => {
    const here = { "web.A": "2", "web.B": "hash" };
    const [found] = look.environment({ here });
    expect(found?.what).toBe("variables differ from those of v1, which serves: web.A, web.B");
    expect(look.environment({ here, isSameCommit: false })).toEqual([]);
    expect(look.environment({ here, ofRun: new Set(["web.A"]) })[0]?.what).toMatch(/: web\.B$/);
    expect(look.environment({ here, ofRun: new Set(["web.A", "web.B"]) })).toEqual([]);
  });
});
