import { describe, expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { factsOf } from "../test/support/facts-of.ts";
import { projectWorkflows } from "./project-workflows.ts";
import { schedulesOf } from "./schedules.ts";

const layout = layouts["no workflow yet"];
const writtenIn = (timezone: string) => projectWorkflows(factsOf(layout, { timezone }));
/** What is written over workflows in which people changed a text. */
const again = (timezone: string, before: string, after: string, from = "UTC") => {
  const workflows = writtenIn(from).map(({ path, text }) => ({ path, text: text.replaceAll(before, after) }));
  return projectWorkflows(factsOf({ ...layout, workflows }, { timezone }));
};
const textOf = (files: ReturnType<typeof writtenIn>, what: string) =>
  files.find(({ path }) => path.includes(`/${what}-`))?.text;

describe("what starts by itself", () => {
  it("says that its times are UTC, or in which time zone of the windows they are", () => {
    const utc = textOf(writtenIn("UTC"), "backup");
    expect(utc).toContain(
      '    - cron: "17 3 * * *" # the backup, in UTC\n    - cron: "41 4 * * 0" # the drill, in UTC\n',
    );
    const local = textOf(writtenIn("Asia/Shanghai"), "backup");
    expect(local).toContain('    - cron: "17 3 * * *" # the backup\n      timezone: Asia/Shanghai\n');
    expect(textOf(writtenIn("Asia/Shanghai"), "verify")).toContain("      timezone: Asia/Shanghai\n");
  });

  it("follows the windows where nobody chose a time", () => {
    expect(again("Asia/Shanghai", "", "")).toEqual(writtenIn("Asia/Shanghai"));
  });

  it.each([
    ["backup", 'cron: "17 3 * * *"', 'cron: "5 19 * * *"'],
    ["backup", "41 4 * * 0", "0 20 * * 6"],
    ["verify", "*/30 * * * *", "*/5 0-12 * * 1-5"],
  ])("stays as people wrote it into the %s workflow: %s", (what, before, after) => {
    const text = textOf(again("Asia/Shanghai", before, after), what);
    expect(text).toContain(after);
    expect(text).not.toContain(before);
    const written = textOf(writtenIn("UTC"), what)?.replaceAll(before, after);
    expect(textOf(again("UTC", before, after), what)).toBe(written);
  });

  it("stays in the time zone that people wrote", () => {
    const files = again("UTC", "timezone: Asia/Shanghai", "timezone: Europe/Berlin", "Asia/Shanghai");
    expect(textOf(files, "backup")).toContain("      timezone: Europe/Berlin\n");
  });

  it("has a drill when people changed its schedule, and not the condition of its job", () => {
    const text = textOf(again("UTC", 'cron: "41 4 * * 0"', 'cron: "0 20 * * 6"'), "backup");
    expect(text).toContain("    if: github.event.schedule == '0 20 * * 6'\n");
    expect(text).toContain("    if: github.event.schedule != '0 20 * * 6'\n");
  });

  it.each(["", "on: push\n", "on: { schedule: x }\n", "on: { schedule: [{ cron: \"' || '1 2 3 4\" }] }\n", "on: ["])(
    "is as ever beside what is no schedule: %j",
    (text) => {
      const workflows = [{ path: ".github/workflows/backup-production.yml", text }];
      expect(schedulesOf(workflows, "production", "UTC")).toEqual(schedulesOf([], "production", "UTC"));
    },
  );
});
