import type { Deployer } from "@sluice/wiring";
import { aBackup } from "./a-backup.ts";
import { anImport, aRebuiltState } from "./a-moved-state.ts";
import { aRehearsal } from "./a-rehearsal.ts";
import { aReportOf } from "./a-report.ts";
import { aSuggestion } from "./a-suggestion.ts";
import { anAnnouncement } from "./an-announcement.ts";
import { aPlanView, aResult, aWindowView, type FakeDeployer, fakeDeployer } from "./fake-deployer.ts";

const backup = aBackup();

const database: Deployer["database"] = {
  backup: async () => backup,
  list: async () => ({ backups: [backup], damaged: [] }),
  show: async () => backup,
  verify: async () => backup,
  rehearse: async () => aRehearsal(),
  planMigration: async () => ({
    release: "v2",
    database: "db",
    jobs: [],
    command: null,
    dataRollback: { kind: "none-needed", why: "no job runs" },
  }),
  migrate: async () => ({ release: "v2", database: "db", jobs: [] }),
  planRestore: async () => ({
    manifest: backup,
    live: { database: backup.database.name },
    proven: true,
    ageMs: 1,
    losses: [],
    unchangedTables: 1,
    findings: [],
  }),
  restore: async () => ({ manifest: backup, old: "shop__old", swapMs: 1, restoreMs: 1 }),
  planUndo: async () => ({
    backup: backup.id,
    live: { database: backup.database.name, service: "db" },
    restored: { at: "2026-05-01T10:00:00Z", actor: "ada", reason: "" },
    takenBack: null,
    releases: { data: "v2", serves: "v2" },
    findings: [],
  }),
  undoRestore: async () => "shop__undone",
  prune: async () => ({ decisions: [], leftovers: [] }),
  records: async () => [],
};

/** A deployer of a stack where all is well: everything that a guide tells people to do can be done. */
export function aHealthyDeployer(): FakeDeployer {
  return fakeDeployer({
    workflows: async () => ({
      directory: "/srv/Shop",
      stack: null,
      files: [],
      byHand: [],
      altered: [],
      leftOut: null,
      migration: null,
      untaken: [],
      droppedSteps: [],
      settings: [],
      unset: [],
      profiles: null,
      inCheckout: [],
      ownDefaults: [],
      outOfGit: [],
    }),
    plan: async () => aPlanView(),
    deploy: async () => aResult(),
    planRollback: async () => aPlanView(),
    rollback: async () => aResult(),
    resume: async () => null,
    abort: async () => null,
    ps: async () => [],
    logs: async function* () {},
    verify: async () => [],
    traffic: async () => [],
    order: async (kind) => ({ accepted: true, message: kind }),
    doctor: async () => ({ ok: true, examined: [], diagnoses: [] }),
    window: async () => aWindowView(),
    suggestWindows: async () => aSuggestion(),
    outbox: async () => [],
    flushOutbox: async () => [],
    dropUntold: async () => [],
    report: async () => aReportOf("d1"),
    audit: async () => ({ ok: true, records: 0, problems: [] }),
    anchors: async () => ({ anchors: 2, problems: [], lost: null }),
    announce: async ({ release }) => anAnnouncement({ release }),
    prune: async () => [],
    exportState: async (destination) => {
      destination.end("state");
      return { leftBackups: null };
    },
    importState: async () => anImport(),
    rebuildState: async () => aRebuiltState(),
    database,
  });
}
