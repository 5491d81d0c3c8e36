import { describe, expect, it } from "vitest";
import type { Session } from "../session.ts";
import { withAlarm } from "./with-alarm.ts";

describe("what looks after production", () => {
  const nothing = async () => {
    throw new Error("nobody is told");
  };
  const of = (isAttended: boolean, isUnused: boolean) => {
    const home = async () => ({ path: "/home-of-shop", isUnused });
    const parts = { home, stack: nothing, config: nothing, channels: nothing, ports: nothing };
    return { options: { isAttended }, ...parts } as unknown as Session;
  };

  it.each([
    ["where a person sees it", of(true, false), []],
    ["before anything was deployed: what a home holds would be taken for the stack's", of(false, true), []],
    ["else", of(false, false), ["not-notified"]],
  ])("tells of what fails: %s", async (_where, session, said) => {
    const findings: string[] = [];
    const say = ({ code }: { readonly code: string }) => void findings.push(code);
    const watched = { alarm: "checks", say, lock: nothing } as const;
    await expect(withAlarm(session, watched, undefined, () => Promise.reject(new Error("down")))).rejects.toThrow(
      "down",
    );
    expect(findings).toEqual(said);
  });
});
