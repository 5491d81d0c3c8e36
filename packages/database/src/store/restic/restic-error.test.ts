import { describe, expect, it } from "vitest";
import { resticError, withoutPassword } from "./restic-error.ts";

const locked =
  "unable to create lock in backend: repository is already locked by PID 7 on web1 by root (UID 0, GID 0)\n" +
  "lock was created at 2026-11-27 00:33:15 (1.9s ago)\nstorage ID 154d0963\nthe `unlock` command can be used to remove stale locks\n";
const config = (reason: string) =>
  `Fatal: unable to open config file: ${reason}\nIs there a repository at the following location?\n/x\n`;
const json = (message: string) => `${JSON.stringify({ message_type: "exit_error", code: 1, message })}\n`;

describe("an end of restic", () => {
  it.each([
    [1, locked, "LOCK_HELD", true, "already locked by PID 7 on web1"],
    [11, `repo already locked, waiting up to 0s for the lock\n${locked}`, "LOCK_HELD", true, "already locked"],
    [1, "Fatal: wrong password or no key found\n", "BACKUP_KEY_WRONG", false, "wrong password"],
    [12, json("Fatal: wrong password or no key found"), "BACKUP_KEY_WRONG", false, "failed: wrong password"],
    [1, "Resolving password failed: Fatal: /p does not exist\n", "BACKUP_KEY_WRONG", false, "/p does not exist"],
    [1, config("stat /x/config: no such file or directory"), "BACKUP_FAILED", false, "no such file"],
    [10, json(config("stat /x/config: no such file or directory")), "BACKUP_FAILED", false, "no such file"],
    [1, config("dial tcp 127.0.0.1:9: connect: connection refused"), "BACKUP_FAILED", true, "connection refused"],
    [1, "Fatal: unable to save snapshot: write /r/data: no space left on device\n", "DISK_FULL", true, "no space left"],
    [1, "Fatal: cannot dump file: ciphertext verification failed\n", "BACKUP_CORRUPT", false, "verification failed"],
    [
      1,
      "Fatal: cannot dump file: ReadFull(<data/c973940158>): open /r/data/c9/c9: no such file or directory\n",
      "BACKUP_CORRUPT",
      false,
      "no such file",
    ],
    [3, "error: read /dump: something odd\n", "BACKUP_FAILED", false, "something odd"],
    [null, "", "BACKUP_FAILED", false, "it was killed"],
    [2, "", "BACKUP_FAILED", false, "exit code 2"],
  ] as const)("of %s: %s", (exitCode, stderr, code, retryable, message) => {
    expect(resticError({ exitCode, stderr, timedOut: false }, "listing /x")).toMatchObject({
      code,
      retryable,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  it("that was made, as nothing came, may do better another time", () => {
    const stderr = 'Stat(<config/>) returned error, retrying after 1s: Head "http://u:hunter2@h/": dial tcp: refused\n';
    const error = resticError({ exitCode: 130, stderr, timedOut: true }, "listing /x");
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining("no answer in time: Stat") });
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});

it("a password in a location is not shown", () => {
  expect(withoutPassword("rest:https://shop:hunter2@backups:8000/shop")).toBe(
    "rest:https://shop:***@backups:8000/shop",
  );
  expect(withoutPassword("sftp:root@web1:/backups")).toBe("sftp:root@web1:/backups");
});
