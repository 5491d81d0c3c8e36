import { expect, it } from "vitest";
import { notifyDiagnoses } from "./notify-diagnoses.ts";

it("the doctor wants people to be told", () => {
  const opened = { channels: [{ name: "team" }, { name: "mail" }], problem: null };
  const entry = {
    v: 1,
    id: "d1.live",
    channel: "team",
    state: "waiting",
    stack: "shop",
    release: "v1",
    outcome: "live",
    createdAt: "",
    updatedAt: "",
    attempts: 3,
    reason: "answers 404",
  } as const;
  expect(notifyDiagnoses(opened, [{ ...entry, state: "delivered" }])).toEqual([]);
  expect(notifyDiagnoses(opened, [{ ...entry, state: "dropped" }])).toEqual([]);
  expect(notifyDiagnoses(opened, [entry])).toMatchObject([
    {
      code: "outbox-waiting",
      what: "1 notifications could not be delivered to team: answers 404",
      mend: "sluice outbox list, then sluice outbox flush",
    },
  ]);
  const { reason: _reason, ...cutOff } = entry;
  const mail = { ...entry, channel: "mail", reason: "no such host" };
  expect(notifyDiagnoses(opened, [mail, cutOff, { ...entry, reason: "answers 500" }])).toMatchObject([
    { what: "3 notifications could not be delivered: 1 to mail (no such host), 2 to team (answers 500)" },
  ]);
  expect(
    notifyDiagnoses(opened, [
      { ...entry, channel: "old" },
      { ...entry, channel: "GitHub" },
    ]),
  ).toMatchObject([
    {
      mend: expect.stringMatching(
        /outbox flush; sluice\.yaml has no channel old any more: put it back .*, or leave it: .* 7 days/,
      ) as string,
    },
  ]);
  const problem = "notify.channels.team needs SLACK_WEBHOOK_URL";
  expect(notifyDiagnoses({ ...opened, problem }, [])).toMatchObject([
    { code: "notify-variable-missing", what: problem },
  ]);
});
