import { expect, it } from "vitest";
import { aNotification } from "../testing/a-notification.ts";
import { dated } from "./late.ts";
import { toMessage } from "./message.ts";

it("what is told late says first when it happened, where people are; what is told at once does not", () => {
  const message = toMessage(aNotification());
  const after = (minutes: number) =>
    dated(message, "2026-11-30T08:00:00Z", new Date(Date.UTC(2026, 10, 30, 8, minutes)), "Europe/Berlin");
  expect(after(9)).toEqual(message);
  expect(after(10).facts).toEqual([
    { label: "News of", value: "Mon 2026-11-30 09:00 Europe/Berlin" },
    ...message.facts,
  ]);
});
