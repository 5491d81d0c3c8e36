import { describe, expect, it } from "vitest";
import { heldAfter, summariseSockets } from "./socket-summary.ts";
import type { SocketLife } from "./sockets.ts";

const aLife = (overrides: Partial<SocketLife> = {}): SocketLife => ({
  client: 0,
  version: "v1",
  openedAt: 0,
  messages: 10,
  lastMessageAt: 900,
  silenceMs: 500,
  ...overrides,
});

describe("WebSockets", () => {
  it("are told apart by how they ended", () => {
    const lives = [
      aLife(),
      aLife({ client: 1, end: { at: 1_000, code: 1001, clean: true } }),
      aLife({ client: 2, end: { at: 1_000, code: 1006, clean: false } }),
    ];
    const refused = [{ at: 1_100, client: 2, detail: "ECONNREFUSED" }];
    expect(summariseSockets({ lives, refused })).toMatchObject({ opened: 3, closed: 1, reset: 1, refused: 1 });
  });

  it("are silent from the last message to the next connection", () => {
    const lives = [
      aLife({ openedAt: 4_000, lastMessageAt: 9_000 }),
      aLife({ end: { at: 950, code: 1001, clean: true } }),
    ];
    expect(summariseSockets({ lives, refused: [] }).silenceMs).toBe(3_100);
  });

  it("of the old version are held from the cutover to their end", () => {
    const lives = [
      aLife({ client: 1, end: { at: 11_000, code: 1001, clean: true } }),
      aLife({ client: 2 }),
      aLife({ client: 3, version: "v2", openedAt: 1_500 }),
      aLife({ client: 4, end: { at: 500, code: 1001, clean: true } }),
    ];
    expect(heldAfter(lives, "v1", { beganAt: 600, cutoverAt: 1_000, endedAt: 20_000 })).toEqual([
      { client: 1, ms: 10_000, clean: true, ended: true, early: false },
      { client: 2, ms: 19_000, clean: true, ended: false, early: false },
    ]);
  });

  it("of the old version that are cut before the cutover were not held, whoever came back meanwhile", () => {
    const lives = [
      aLife({ end: { at: 980, code: 1006, clean: false } }),
      aLife({ client: 1, end: { at: 700, code: 1006, clean: false } }),
      aLife({ client: 1, openedAt: 800 }),
    ];
    expect(heldAfter(lives, "v1", { beganAt: 600, cutoverAt: 1_000, endedAt: 20_000 })).toEqual([
      { client: 0, ms: 0, clean: false, ended: true, early: true },
      { client: 1, ms: 0, clean: false, ended: true, early: true },
      { client: 1, ms: 19_000, clean: true, ended: false, early: false },
    ]);
  });
});
