import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import type { DoorLink } from "./door-link.ts";
import { drain } from "./drain.ts";

/** A door at whose slot something is under way until a moment. */
function aDoor(busyUntilMs: number) {
  const clock = createFakeClock();
  const begin = clock.monotonicMs();
  const since = () => clock.monotonicMs() - begin;
  const asked: string[] = [];
  const ask = async (commands: readonly string[]) => {
    asked.push(...commands);
    return `# pxname,svname,scur,\nservers,blue1,${since() < busyUntilMs ? 1 : 0},\n\n`;
  };
  const link = { door: "door", clock, pollMs: 40, shell: { ask } } as unknown as DoorLink;
  return { link, asked, since };
}

describe("a drain", () => {
  it.each([90, 700, 4_000])("ends within a tenth of what it took, when that is %i ms", async (busyMs) => {
    const { link, since } = aDoor(busyMs);
    expect(await drain(link, "blue", 10_000)).toEqual({ closed: 0 });
    expect(since()).toBeLessThanOrEqual(busyMs * 1.1 + 40);
  });

  it("closes what is left at its end, and has not asked without pause until then", async () => {
    const { link, asked, since } = aDoor(Number.POSITIVE_INFINITY);
    expect(await drain(link, "blue", 10_000)).toEqual({ closed: 1 });
    expect(since()).toBe(10_000);
    expect(asked.at(-1)).toBe("shutdown sessions server servers/blue1");
    expect(asked.length).toBeLessThan(60);
  });
});
