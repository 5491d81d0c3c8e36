import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Session } from "../session.ts";
import { createAlarmStates } from "./alarm-states.ts";
import { noteHeld, withAlarm } from "./with-alarm.ts";

let path = "";
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "sluice-alarms-"));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const nothing = async () => {
  throw new Error("nobody is told");
};

/** Where nothing can be had but the state home. */
const aSession = ({ isAttended = false, isUnused = false }) => {
  const home = async () => ({ path, isUnused });
  const redact = (text: string) => text.replace("hunter22", "[redacted]");
  const parts = { home, redact, stack: nothing, config: nothing, channels: nothing, ports: nothing };
  return { options: { isAttended }, ...parts } as unknown as Session;
};
const notes = () => createAlarmStates(join(path, "alarms")).notes();
const held = new SluiceError("LOCK_HELD", "ada is at work: hunter22");

describe("what looks after production", () => {
  it.each([
    ["not where a person sees it", { isAttended: true }, []],
    ["not before anything was deployed, as what a home holds would be taken for the stack's", { isUnused: true }, []],
    ["else", {}, ["not-notified"]],
  ])("tells of what fails: %s", async (_where, facts, said) => {
    const findings: string[] = [];
    const say = ({ code }: { readonly code: string }) => void findings.push(code);
    const watched = { alarm: "checks", say, lock: nothing } as const;
    const failing = withAlarm(aSession(facts), watched, undefined, () => Promise.reject(new Error("down")));
    await expect(failing).rejects.toThrow("down");
    expect(findings).toEqual(said);
  });

  it("leaves a note where it found the lock taken, without what is secret", async () => {
    await noteHeld(aSession({}), "backup", held);
    const text = "LOCK_HELD: ada is at work: [redacted]";
    expect(await notes()).toMatchObject([{ alarm: "backup", troubles: [{ key: "LOCK_HELD", text }] }]);
  });

  it.each([
    ["a person sees it", { isAttended: true }, held],
    ["nothing was deployed yet", { isUnused: true }, held],
    ["it could not begin for another reason", {}, new SluiceError("HOME_UNUSABLE", "")],
  ])("leaves none where %s", async (_where, facts, error) => {
    await noteHeld(aSession(facts), "backup", error);
    expect(await notes()).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)("leaves none as root in the home of somebody else", async () => {
    await chown(path, 54_321, 54_321);
    await noteHeld(aSession({}), "backup", held);
    expect(await notes()).toEqual([]);
  });

  it("takes it back once a person has seen it succeed, and not before", async () => {
    await noteHeld(aSession({}), "backup", held);
    const watched = { alarm: "backup", say: () => {}, lock: nothing } as const;
    const attended = (run: () => Promise<void>) => withAlarm(aSession({ isAttended: true }), watched, undefined, run);
    await expect(attended(() => Promise.reject(held))).rejects.toThrow("ada");
    expect(await notes()).toHaveLength(1);
    await attended(async () => {});
    expect(await notes()).toEqual([]);
  });
});
