import type { Diagnosis, StateFinding, StateFindingCode } from "@sluice/core";

type Meaning = Pick<Diagnosis, "severity" | "why">;

const unreachable: Meaning = { severity: "error", why: "users cannot reach the service at all" };

/** How bad what `status` finds is, and why it matters. */
const meanings: Readonly<Record<StateFindingCode, Meaning>> = {
  "check-variable-missing": {
    severity: "error",
    why: "a check that can end a deployment would have nothing to go by: deployments are refused before they begin",
  },
  "home-disk-low": {
    severity: "error",
    why: "a step that cannot be written down is not done: deployments are refused before they would stop in the middle",
  },
  "home-read-only": { severity: "error", why: "what cannot be written down is not done: who serves stays as it is" },
  "home-mismatch": {
    severity: "error",
    why: "two deployers with a record each would undo one another's work: deployments are refused",
  },
  "release-not-stored": {
    severity: "error",
    why: "a way back needs what is stored of the release, and so does putting right what is lost of it",
  },
  "same-files-elsewhere": {
    severity: "warn",
    why: "its data is not what the first deployment begins with, and users of both names may get either",
  },
  "door-absent": unreachable,
  "door-stopped": unreachable,
  "door-unreached": unreachable,
  "door-cut-off": unreachable,
  "door-silent": {
    severity: "error",
    why: "which version serves is read from the doors: no slot is safe to touch, and deployments are refused",
  },
  "door-outdated": { severity: "warn", why: "users get the old ports and labels until it is replaced" },
  "missing-link": {
    severity: "error",
    why: "what is in that slot and the service, such as its database or its door, do not reach each other",
  },
  "service-short": {
    severity: "error",
    why: "users of the version that serves get errors or wait, or its work is not done",
  },
  "slot-gone": unreachable,
  "slot-left-running": { severity: "warn", why: "it takes memory, and may do work in a version that was left" },
  "job-by-hand": {
    severity: "warn",
    why: "data may be of another version than the one that serves, and no backup holds it as it was",
  },
  "base-absent": { severity: "error", why: "both slots use it" },
  "base-cut-off": { severity: "error", why: "the next version would not reach the service, such as its database" },
  "base-stopped": { severity: "error", why: "both slots use it" },
  "base-changed": {
    severity: "warn",
    why: "the version that serves may not live with it as it is, and its own data may be elsewhere",
  },
  "base-image-gone": { severity: "error", why: "both slots use the service, and nothing can make it anew" },
  "way-back-cold": { severity: "warn", why: "where the version that serves fails later, the way back takes a start" },
  "way-back-gone": { severity: "warn", why: "where the version that serves fails later, users cannot be led back" },
  "mounts-of-another-home": {
    severity: "warn",
    why: "a restart of the containers, or of the machine, needs that directory, which nothing of this state home keeps",
  },
  "restart-lost": { severity: "warn", why: "the next restart of the engine, or of the machine, leaves it down" },
  "job-cut-short": {
    severity: "warn",
    why: "versions may meet a schema that none of them knows, or rows that are half changed",
  },
  "restore-cut-short": {
    severity: "warn",
    why: "whether a release's migration is on the data cannot be told: a deployment does not run its jobs again for it",
  },
  "second-worker": { severity: "error", why: "work is done twice, by two versions at once" },
  "foreign-project": {
    severity: "warn",
    why: "nothing is made in a project that others have: a deployment that needs it is refused",
  },
  "others-on-network": {
    severity: "warn",
    why: "a service that calls them gets no answer once it is in a slot",
  },
  "second-copy": { severity: "warn", why: "it holds memory and names, and nobody deploys it" },
  "network-redefined": { severity: "warn", why: "what the compose file says of the network does not hold" },
  "volume-redefined": { severity: "warn", why: "what the compose file says of the volume does not hold" },
};

/** What `status` finds, as the doctor says it. */
export function findingDiagnoses(findings: readonly StateFinding[]): readonly Diagnosis[] {
  return findings.map(({ code, message, hint }) => ({
    ...meanings[code],
    code,
    what: message,
    mend: hint ?? "sluice status",
  }));
}
