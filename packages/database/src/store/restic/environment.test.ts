import { expect, it } from "vitest";
import { placeOf, resticEnvironment } from "./environment.ts";

it("what is configured goes before what the environment says", () => {
  const env = {
    RESTIC_REPOSITORY_FILE: "/r",
    RESTIC_PASSWORD: "hunter2",
    RESTIC_PASSWORD_COMMAND: "pass",
    PATH: "/bin",
  };
  expect(resticEnvironment({ env })).toEqual(env);
  expect(resticEnvironment({ env, repository: "/backups", passwordFile: "/secret" })).toEqual({
    RESTIC_REPOSITORY: "/backups",
    RESTIC_PASSWORD_FILE: "/secret",
    PATH: "/bin",
  });
});

it("restic is not left to ask for what nobody can answer", () => {
  expect(() => resticEnvironment({ env: { RESTIC_PASSWORD: "hunter2" } })).toThrow(
    expect.objectContaining({ code: "BACKUP_FAILED", hint: expect.stringContaining("repository") }),
  );
  expect(() => resticEnvironment({ env: { RESTIC_PASSWORD: "" }, repository: "/backups" })).toThrow(
    expect.objectContaining({ code: "BACKUP_KEY_WRONG", hint: expect.stringContaining("passwordFile") }),
  );
});

it("a repository is named without its password", () => {
  expect(placeOf({ env: { RESTIC_REPOSITORY: "rest:https://u:hunter2@h/" } })).toBe(
    "restic repository rest:https://u:***@h/",
  );
  expect(placeOf({ env: { RESTIC_REPOSITORY_FILE: "/r" } })).toBe("restic repository of /r");
});
