import type { MigrationRehearser } from "@sluice/core";
import { rehearsalOutcome } from "@sluice/database";
import type { Session } from "../../session.ts";
import { openDatabase } from "../open-database.ts";
import { createProgressTexts } from "../progress-texts.ts";
import { rehearse } from "./rehearse.ts";

/** Rehearsals for deployments, which hold the lock of the stack already. */
export function createRehearser(session: Session): MigrationRehearser {
  return {
    async rehearse(_service, { candidate, previous, acceptIncompatible, signal, onProgress }) {
      const texts = createProgressTexts(session.clock, (text) => onProgress?.(text));
      const database = await openDatabase(session, { onProgress: texts.show }, signal);
      const ending = signal ?? new AbortController().signal;
      const report = await rehearse(session, database, { candidate, previous, acceptIncompatible }, ending);
      texts.end();
      return rehearsalOutcome(report);
    },
  };
}
