import { type Diagnosis, when } from "@sluice/core";

/** Who may speak with the engine, and who may read what Sluice keeps. Modes as of `stat`; `null` where there is none. */
export interface AccessFacts {
  /** Empty where the engine is on another machine. */
  readonly socket: string;
  readonly socketMode: number | null;
  /** Users beside root who may speak with the engine, by their group. One has to: the one that deploys. */
  readonly engineUsers: readonly string[];
  /** Where the engine is asked over TCP. */
  readonly dockerHost: string | undefined;
  readonly usesTls: boolean;
  readonly home: string;
  readonly homeMode: number | null;
  /** Env files of the project with their modes, and whether git holds them. */
  readonly envFiles: readonly { readonly path: string; readonly mode: number; readonly isCommitted: boolean }[];
}

/** Whether only those who deploy can deploy, and read the secrets of the project. */
export function accessDiagnoses(facts: AccessFacts): readonly Diagnosis[] {
  const { socket, socketMode, engineUsers, dockerHost = "", usesTls, home, homeMode, envFiles } = facts;
  return [
    ...when(socketMode !== null && (socketMode & 0o002) !== 0, {
      severity: "error",
      code: "socket-world-writable",
      what: `every user of this machine may write to ${socket}`,
      why: "who speaks with the engine is root on this machine",
      mend: `chmod 660 ${socket}`,
    }),
    ...when(engineUsers.length > 1, {
      severity: "warn",
      code: "engine-many-users",
      what: `${engineUsers.length} users may speak with the engine: ${engineUsers.join(", ")}`,
      why: "each of them is root on this machine, and so is whoever takes over one of their sessions",
      mend: "gpasswd -d USER docker, for all but the one that the runner runs as",
    }),
    ...when(dockerHost.startsWith("tcp://") && !usesTls, {
      severity: "error",
      code: "engine-without-tls",
      what: `the engine is spoken to without TLS: ${dockerHost}`,
      why: "who reaches that port is root on its machine, and whoever is in between reads every secret",
      mend: "DOCKER_HOST=ssh://USER@HOST, or DOCKER_TLS_VERIFY=1 with certificates",
    }),
    ...when(homeMode !== null && (homeMode & 0o077) !== 0, {
      severity: "error",
      code: "home-readable",
      what: `others may read the state home ${home} (mode ${octal(homeMode ?? 0)})`,
      why: "it holds the resolved compose models with all their secrets, keys and backups",
      // What is below it is closed with it, and copies of files there keep the modes that containers read them by.
      mend: `chmod 700 ${home}`,
    }),
    ...envFiles.flatMap(({ path, mode, isCommitted }) => [
      ...when((mode & 0o004) !== 0, {
        severity: "warn",
        code: "env-file-readable",
        what: `every user of this machine may read ${path} (mode ${octal(mode)})`,
        why: "it holds secrets of production",
        mend: `chmod 600 ${path}`,
      }),
      ...when(isCommitted, {
        severity: "error",
        code: "env-file-committed",
        what: `git holds ${path}, with values that look like secrets`,
        why: "everybody who may read the repository has them, also after they are removed from it",
        mend: `git rm --cached ${path}, then new secrets, kept as secrets of the repository`,
      }),
    ]),
  ];
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, "0");
}
