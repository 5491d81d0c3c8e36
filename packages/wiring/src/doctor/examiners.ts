import { freemem, totalmem } from "node:os";
import { findEmptyVariables } from "@sluice/compose";
import {
  changedBaseFindings,
  type Examiner,
  homeFindings,
  isBehindDoor,
  stackFindings,
  unstoredFindings,
} from "@sluice/core";
import {
  doorImageDiagnoses,
  engineDiagnoses,
  goneImages,
  keptBy,
  lastAttempt,
  missingDoorImage,
  projectDiagnoses,
  recordDiagnoses,
  stackDiagnoses,
  unfinishedOf,
} from "@sluice/engine";
import { isDeploying, readLockHolder, verifyAudit } from "@sluice/journal";
import { notifyDiagnoses } from "@sluice/notify";
import { killedActions } from "../database/killed-actions.ts";
import { readHomeFacts } from "../home/home-room.ts";
import { mountsElsewhere } from "../home/mounted-homes.ts";
import { problemText } from "../notify/channels.ts";
import { readOutbox } from "../notify/tell.ts";
import { checkVariableFindings } from "../project/check-variables.ts";
import type { Session } from "../session.ts";
import { seeStack } from "../status/find-serving.ts";
import { findHandRun } from "../status/hand-run.ts";
import { idleFindings, leftInSlots } from "../status/left-in-slots.ts";
import { findingDiagnoses } from "./finding-diagnoses.ts";
import { homeDiagnoses } from "./home-diagnoses.ts";
import { isLocal } from "./is-local.ts";
import { memoryDiagnoses } from "./memory-diagnoses.ts";

/** Everything that a deployment needs. */
export function deploymentExaminers(session: Session): readonly Examiner[] {
  const { options, clock } = session;
  const lockHolder = async () => readLockHolder(await session.home());
  return [
    {
      name: "configuration",
      // What checks need is judged as the plan judges it.
      examine: async () => findingDiagnoses(await checkVariableFindings(session)),
    },
    {
      name: "project",
      async examine(signal) {
        const [{ findings }, empty] = await Promise.all([
          session.project(signal),
          findEmptyVariables(options, options.env),
        ]);
        return projectDiagnoses([...findings, ...empty]);
      },
    },
    {
      name: "engine",
      async examine(signal) {
        const [facts, { preflight }] = await Promise.all([session.runtime().observer.engine(signal), session.config()]);
        return engineDiagnoses(facts, preflight.minFreeDisk);
      },
    },
    {
      name: "doors",
      async examine(signal) {
        const [{ services }, config, ports] = await Promise.all([
          session.project(signal),
          session.config(),
          session.ports(),
        ]);
        return services.some(isBehindDoor) ? doorImageDiagnoses(await missingDoorImage(config, ports, signal)) : [];
      },
    },
    {
      name: "memory",
      examine: async () =>
        (await isLocal(options.env)) ? memoryDiagnoses({ availableBytes: freemem(), totalBytes: totalmem() }) : [],
    },
    {
      name: "state home",
      examine: async () => homeDiagnoses(await readHomeFacts(session)),
    },
    {
      name: "record",
      async examine(signal) {
        const [home, { journal, bundles }] = await Promise.all([session.home(), session.ports()]);
        const { problems } = await verifyAudit(home);
        const last = await lastAttempt(journal);
        // That the engine does not answer is found by who looks at the stack.
        const seen = unfinishedOf(last) && (await seeStack(session, signal).catch(() => null));
        return recordDiagnoses({
          last,
          now: clock.now(),
          isDeploying: isDeploying(await lockHolder()),
          observed: seen?.observed ?? null,
          bundles: seen ? await bundles.list() : [],
          chainProblems: problems.map(({ line, message }) => `line ${line}: ${message}`),
        });
      },
    },
    {
      name: "stack",
      async examine(signal) {
        const [home, seen, ports, config, { project }] = await Promise.all([
          session.home(),
          seeStack(session, signal),
          session.ports(),
          session.config(),
          session.known(signal),
        ]);
        const { observed, stored, services } = seen;
        const { bundles, journal } = ports;
        const foreign = homeFindings(observed, home.id);
        // By the record of this home nothing can be said of a stack of another one, least of all what mends it.
        if (foreign.length > 0) return findingDiagnoses(foreign);
        const locked = (await lockHolder()) !== null;
        // What a deployment is changing is not as the last one left it.
        const changed = stored ? changedBaseFindings(observed, stored.bundle.tag) : [];
        const last = await lastAttempt(journal);
        const known = { counts: stored !== null, kept: keptBy(last) };
        const found = locked ? [] : [...stackFindings(observed, services, known), ...changed];
        const releases = await bundles.list();
        const killed = locked ? [] : await killedActions(journal, releases);
        const gone = locked ? [] : await goneImages(seen, releases, ports, signal);
        const scope = { config, ports, project, bundles: releases };
        const isIdle = !locked && !unfinishedOf(last);
        const idle = isIdle ? await idleFindings(seen, leftInSlots(seen, config), scope, signal) : [];
        const recorded = [
          ...unstoredFindings(observed, releases),
          ...(await mountsElsewhere(observed, home)),
          ...killed,
          ...(locked ? [] : await findHandRun(observed, journal)),
        ];
        return [...findingDiagnoses([...recorded, ...found, ...idle, ...gone]), ...stackDiagnoses(observed, locked)];
      },
    },
    {
      name: "notifications",
      async examine(signal) {
        const { channels, problems } = await session.channels(signal);
        return notifyDiagnoses({ channels, problem: problemText(problems) || null }, await readOutbox(session));
      },
    },
  ];
}
