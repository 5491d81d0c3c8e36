import type { Notification } from "../message/notification.ts";

/** A notification for tests: a deployment that went well. */
export function aNotification(over: Partial<Notification> = {}): Notification {
  return {
    id: "d1.live",
    stack: "shop",
    outcome: "live",
    kind: "deploy",
    release: "v2",
    serving: { release: "r2", tag: "v2", slot: "green", share: 100 },
    actor: "ada",
    reason: "release v2",
    at: "2026-05-01T10:00:00.000Z",
    durationMs: 80_000,
    steps: [
      { name: "build release v2", durationMs: 40_000 },
      { name: "start web", durationMs: 2_000 },
      { name: "shift web to 5 %", durationMs: 30_000 },
      { name: "drain slot blue", durationMs: 5_000 },
    ],
    link: "https://github.com/o/r/actions/runs/1",
    ...over,
  };
}
