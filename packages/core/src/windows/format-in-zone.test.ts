import { expect, it } from "vitest";
import { formatInZone } from "./format-in-zone.ts";

it.each([
  ["2026-11-30T08:00:59.999Z", "Europe/Berlin", "Mon 2026-11-30 09:00 Europe/Berlin"],
  ["2026-01-01T00:05:00Z", "UTC", "Thu 2026-01-01 00:05 UTC"],
  ["2026-01-01T00:05:00Z", "America/New_York", "Wed 2025-12-31 19:05 America/New_York"],
  ["2026-07-01T22:00:00Z", "Asia/Kathmandu", "Thu 2026-07-02 03:45 Asia/Kathmandu"],
  ["2026-07-01T22:00:00Z", "+02:00", "Thu 2026-07-02 00:00 +02:00"],
])("%s in %s", (at, zone, text) => {
  expect(formatInZone(new Date(at), zone)).toBe(text);
});
