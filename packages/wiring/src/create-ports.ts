import { randomBytes } from "node:crypto";
import { environmentFingerprint, modelChanges, mountedFiles } from "@sluice/compose";
import { doorImage, maskWords, redactDeep } from "@sluice/core";
import type { EnginePorts } from "@sluice/engine";
import { judge } from "@sluice/health";
import { createJournal, createKeptLogs, createOrderDesk, createTrafficCounts, type StateHome } from "@sluice/journal";
import { assertUnchanged, createBundleStore, releaseId, releaseKey } from "@sluice/release";
import { createBackupTaker } from "./database/backup-taker.ts";
import { createMigrationRunner } from "./database/migration-runner.ts";
import { createRehearser } from "./database/rehearsal/rehearser.ts";
import type { HomeClaim } from "./home/claim-home.ts";
import { leastHomeBytes } from "./home/home-room.ts";
import { withKnownSecrets } from "./project/known-bundles.ts";
import { createDeploymentLogs } from "./record/deployment-logs.ts";
import { createRedactingJournal } from "./record/redacting-journal.ts";
import type { Redaction } from "./record/redaction.ts";
import type { Session } from "./session.ts";
import { createStackProber } from "./watch/prober.ts";
import { createStackWatcher } from "./watch/watcher.ts";

/** What a session has for the ports, and nobody else needs. */
export interface PortParts {
  readonly redaction: Redaction;
  readonly router: EnginePorts["router"];
  readonly claim: HomeClaim;
}

/** What the engine works through: the adapters of one stack, with everything masked that they write or tell. */
export async function createPorts(
  session: Session,
  { redaction: { redact, add }, router, claim }: PortParts,
): Promise<EnginePorts> {
  const { clock, lastWord, options } = session;
  const [state, stack] = await Promise.all([session.home(), session.stack()]);
  const runtime = session.runtime();
  const references = { environment: options.env, onSecrets: add };
  const toolImage = async () => doorImage(await session.config());
  const orders = createOrderDesk(state);
  return {
    clock,
    journal: createRedactingJournal(createJournal(state, clock), redact),
    logs: createDeploymentLogs(createKeptLogs(state, { leastFreeBytes: leastHomeBytes }), runtime, redact),
    bundles: withKnownSecrets(createBundleStore(state.releasesDir), options.env, add),
    backups: createBackupTaker(session),
    migrations: createMigrationRunner(session),
    rehearser: createRehearser(session),
    identity: createIdentity(state, redact),
    checkout: {
      assertUnchanged: (request, signal) => assertUnchanged(options.directory, request, { signal }),
    },
    observer: runtime.observer,
    images: runtime.images,
    base: { ...runtime.base, claim: claim.claim },
    slots: runtime.slots,
    doors: runtime.doors,
    router,
    counts: createTrafficCounts(state),
    prober: createStackProber(stack, runtime, clock, references, toolImage),
    watcher: createStackWatcher(runtime, clock, references),
    judge,
    orders,
    onEvent(event) {
      lastWord.sink(event);
      orders.tell(maskWords(event, redact));
    },
    randomId: () => randomBytes(4).toString("hex"),
  };
}

/** What makes a release the same as another; values of the environment count by hashes with the home's key. */
function createIdentity({ hashKey }: StateHome, redact: Redaction["redact"]): EnginePorts["identity"] {
  return {
    key: (request, modelHash) => releaseKey(request, modelHash, randomBytes(8).toString("hex")),
    id: releaseId,
    files: mountedFiles,
    environment: (model) => environmentFingerprint(model, hashKey),
    changes: (before, after) => redactDeep(modelChanges(before, after, hashKey), redact),
  };
}
