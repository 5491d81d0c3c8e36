import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncPath, writeDurably } from "@sluice/core/node";
import { type AlarmState, parseAlarmState } from "./alarm-change.ts";
import { type AlarmName, alarmNames } from "./alarm-notification.ts";
import { parseTrouble, type Trouble } from "./trouble.ts";

/** What a run found of an alarm; no troubles where all is well. */
export interface Found {
  readonly alarm: AlarmName;
  readonly troubles: readonly Trouble[];
}

/** What was told last of each alarm, which is changed under the lock of the state home, and notes, for which nobody needs it. */
export interface AlarmStates {
  /** `null` for no alarm, and for what cannot be read: then it is told once more. */
  read(alarm: AlarmName): Promise<AlarmState | null>;
  /** Durable when it resolves: what is lost is told again, and of what began nobody would learn that it is over. */
  write(alarm: AlarmName, state: AlarmState | null): Promise<void>;
  /** Leaves a note of what could not be told, in place of one from before: whoever tells people next tells it. */
  note(alarm: AlarmName, trouble: Trouble): Promise<void>;
  notes(): Promise<readonly Found[]>;
  forgetNote(alarm: AlarmName): Promise<void>;
}

/**
 * A small file for each alarm that lasts, and for each note; an alarm that is over has none, as a full disk takes no word of it.
 *
 * @param directory absolute path; made (0700) with the first alarm
 */
export function createAlarmStates(directory: string): AlarmStates {
  const stateOf = (alarm: AlarmName) => join(directory, alarm);
  const noteOf = (alarm: AlarmName) => join(directory, `${alarm}.note`);
  const read = (path: string) => readFile(path, "utf8").catch(() => undefined);
  const write = async (path: string, value: AlarmState | Trouble) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDurably(path, JSON.stringify(value));
  };
  return {
    read: async (alarm) => parseAlarmState(await read(stateOf(alarm))),
    async write(alarm, state) {
      if (state) return write(stateOf(alarm), state);
      await rm(stateOf(alarm), { force: true });
      await syncPath(directory);
    },
    note: (alarm, trouble) => write(noteOf(alarm), trouble),
    async notes() {
      const noted = alarmNames.map(async (alarm) => ({ alarm, trouble: parseTrouble(await read(noteOf(alarm))) }));
      return (await Promise.all(noted)).flatMap(({ alarm, trouble }) =>
        trouble ? [{ alarm, troubles: [trouble] }] : [],
      );
    },
    forgetNote: (alarm) => rm(noteOf(alarm), { force: true }),
  };
}
