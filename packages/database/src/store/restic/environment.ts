import { SluiceError } from "@sluice/core";
import { withoutPassword } from "./restic-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ResticLocation {
  /** As restic writes it: a path, `sftp:user@host:/path`, `s3:https://host/bucket`, `rest:https://host/` … Default: that of the environment. */
  readonly repository?: string | undefined;
  /** Default: what the environment says. */
  readonly passwordFile?: string | undefined;
  /** The whole environment of restic: where its repository and password are not given, and keys of the place it is in. */
  readonly env: Environment;
}

const passwordNames = ["RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD_COMMAND"] as const;

/**
 * The environment that tells restic where its repository is and how to open it. No argument does: those are seen by
 * everybody on the machine.
 *
 * @throws SluiceError BACKUP_FAILED (no repository), BACKUP_KEY_WRONG (no password: restic would ask for it)
 */
export function resticEnvironment({ repository, passwordFile, env }: ResticLocation): Environment {
  const given: Record<string, string | undefined> = { ...env };
  if (repository !== undefined) {
    delete given["RESTIC_REPOSITORY_FILE"];
    given["RESTIC_REPOSITORY"] = repository;
  }
  if (passwordFile !== undefined) {
    for (const name of passwordNames) delete given[name];
    given["RESTIC_PASSWORD_FILE"] = passwordFile;
  }
  if (!given["RESTIC_REPOSITORY"] && !given["RESTIC_REPOSITORY_FILE"]) {
    throw new SluiceError("BACKUP_FAILED", "no restic repository is named", {
      hint: "set database.store.restic.repository, or RESTIC_REPOSITORY in the environment",
    });
  }
  if (!passwordNames.some((name) => given[name])) {
    throw new SluiceError("BACKUP_KEY_WRONG", "no password of the restic repository is named", {
      hint: "set database.store.restic.passwordFile, or RESTIC_PASSWORD_FILE or RESTIC_PASSWORD_COMMAND in the environment",
    });
  }
  return given;
}

/** For messages, without a password. */
export function placeOf({ repository, env }: ResticLocation): string {
  const location = repository ?? env["RESTIC_REPOSITORY"] ?? `of ${env["RESTIC_REPOSITORY_FILE"] ?? "no place"}`;
  return `restic repository ${withoutPassword(location)}`;
}
