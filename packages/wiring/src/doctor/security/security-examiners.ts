import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { findProjectFiles } from "@sluice/compose";
import type { Examiner } from "@sluice/core";
import type { Session } from "../../session.ts";
import { readWorkflowFiles } from "../../workflows.ts";
import { readEngineUsers } from "../read-runner.ts";
import { accessDiagnoses } from "./access-diagnoses.ts";
import { composeDiagnoses, hasSecretValue, secretsInCompose } from "./compose-diagnoses.ts";
import { workflowDiagnoses } from "./workflow-diagnoses.ts";

/** Who may do and read what. Needs no engine. */
export function securityExaminers(session: Session): readonly Examiner[] {
  const { options } = session;
  const { directory, files = [], envFiles = [], env } = options;
  return [
    {
      name: "access",
      async examine(signal) {
        const [{ path }, project] = await Promise.all([
          session.home(),
          findProjectFiles(directory, files, envFiles, env),
        ]);
        const socket = (env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
        const readable = await Promise.all(project.envFiles.map((file) => readEnvFile(file, directory, signal)));
        return accessDiagnoses({
          socket,
          socketMode: await modeOf(socket),
          engineUsers: [...((await readEngineUsers(socket)) ?? [])].filter((user) => user !== "root"),
          dockerHost: env["DOCKER_HOST"],
          usesTls: Boolean(env["DOCKER_TLS_VERIFY"]),
          home: path,
          homeMode: await modeOf(path),
          envFiles: readable.flat(),
        });
      },
    },
    {
      name: "compose files",
      async examine(signal) {
        const [{ model, services }, { files: paths }] = await Promise.all([
          session.project(signal),
          findProjectFiles(directory, files, envFiles, env),
        ]);
        const written = await Promise.all(
          paths.map(async (path) =>
            secretsInCompose(relative(directory, path), await readFile(path, "utf8").catch(() => "")),
          ),
        );
        return composeDiagnoses({ model, services, writtenSecrets: written.flat() });
      },
    },
    {
      name: "workflows",
      examine: async () => workflowDiagnoses(await readWorkflowFiles(directory)),
    },
  ];
}

async function modeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mode }) => mode & 0o7777,
    () => null,
  );
}

async function readEnvFile(path: string, directory: string, signal: AbortSignal) {
  const [mode, text] = await Promise.all([modeOf(path), readFile(path, "utf8").catch(() => "")]);
  // What holds no secret may be read by everybody.
  if (mode === null || !hasSecretValue(text)) return [];
  const isCommitted = await promisify(execFile)("git", ["ls-files", "--error-unmatch", basename(path)], {
    cwd: dirname(path),
    signal,
  }).then(
    () => true,
    () => false,
  );
  return [{ path: relative(directory, path) || join(directory, basename(path)), mode, isCommitted }];
}
