import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncPath, writeDurably } from "@sluice/core/node";
import { type AlarmState, parseAlarmState } from "./alarm-change.ts";
import type { AlarmName } from "./alarm-notification.ts";

/** What was told last of each alarm. Changed under the lock of the state home. */
export interface AlarmStates {
  /** `null` for no alarm, and for what cannot be read: then it is told once more. */
  read(alarm: AlarmName): Promise<AlarmState | null>;
  /** Durable when it resolves: what is lost is told again, and of what began nobody would learn that it is over. */
  write(alarm: AlarmName, state: AlarmState | null): Promise<void>;
}

/**
 * A small file for each alarm that lasts; one that is over has none, as a full disk takes no word of it.
 *
 * @param directory absolute path; made (0700) with the first alarm
 */
export function createAlarmStates(directory: string): AlarmStates {
  return {
    read: async (alarm) => parseAlarmState(await readFile(join(directory, alarm), "utf8").catch(() => undefined)),
    async write(alarm, state) {
      const path = join(directory, alarm);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (state) return writeDurably(path, JSON.stringify(state));
      await rm(path, { force: true });
      await syncPath(directory);
    },
  };
}
