import type { Announcement } from "@sluice/wiring";

/** A release that was announced to one chat. */
export function anAnnouncement(over: Partial<Announcement> = {}): Announcement {
  return {
    release: "v2",
    plannedFor: { at: "2026-05-04T07:00:00.000Z", text: "Mon 2026-05-04 09:00 Europe/Berlin" },
    isNew: true,
    reports: [{ id: "planned.v2.7", channel: "team", place: "hooks.slack.com", result: "delivered" }],
    ...over,
  };
}
