import { readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { parseEnv } from "node:util";
import { composeDiagnoses, findProjectFiles, hasSecretValue, resolveEndpoint, secretsInCompose } from "@sluice/compose";
import type { Examiner } from "@sluice/core";
import { workflowDiagnoses } from "@sluice/workflows";
import { isTracked } from "../../project/is-tracked.ts";
import { stateHomeOf } from "../../project/locations.ts";
import type { Session } from "../../session.ts";
import { readWorkflowFiles } from "../../workflows.ts";
import { readEngineUsers } from "../read-runner.ts";
import { accessDiagnoses } from "./access-diagnoses.ts";

/**
 * The mode of the state home before anything opens it, which takes it from others; `null` where there is none, or nobody can say
 * which it is.
 */
export async function readHomeMode(session: Session, signal: AbortSignal | undefined): Promise<number | null> {
  const { options } = session;
  try {
    if (options.stack === undefined) await session.project(signal);
    return await modeOf(stateHomeOf(options, await session.stack()));
  } catch {
    return null;
  }
}

/** Who may do and read what. Needs no engine. @param homeMode as of `readHomeMode` */
export function securityExaminers(session: Session, homeMode: number | null): readonly Examiner[] {
  const { options } = session;
  const { directory, env } = options;
  return [
    {
      name: "access",
      async examine(signal) {
        const [stack, project, engine] = await Promise.all([
          session.stack(),
          findProjectFiles(options, env),
          readEngineAccess(env),
        ]);
        const readable = await Promise.all(project.envFiles.map((file) => readEnvFile(file, directory, signal)));
        return accessDiagnoses({
          ...engine,
          home: stateHomeOf(options, stack),
          homeMode,
          envFiles: readable.flat(),
        });
      },
    },
    {
      name: "compose files",
      async examine(signal) {
        const [{ model, services }, found] = await Promise.all([
          session.project(signal),
          findProjectFiles(options, env),
        ]);
        const read = (path: string) => readFile(path, "utf8").catch(() => "");
        const ofEnvFiles = (await Promise.all(found.envFiles.map(read))).map((text) => parseEnv(text));
        const given = Object.assign({}, ...ofEnvFiles, env) as typeof env;
        const written = await Promise.all(
          found.files.map(async (path) => secretsInCompose(relative(directory, path), await read(path), given)),
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

/** Who may speak with the engine, found as the `docker` command finds it. Nothing is known of one that cannot be found. */
async function readEngineAccess(env: Session["options"]["env"]) {
  const endpoint = await resolveEndpoint(env).catch(() => null);
  const socket = endpoint?.kind === "unix" ? endpoint.socketPath : "";
  return {
    socket,
    socketMode: await modeOf(socket),
    engineUsers: [...((await readEngineUsers(socket)) ?? [])].filter((user) => user !== "root"),
    dockerHost: endpoint?.kind === "tcp" ? `tcp://${endpoint.host}:${endpoint.port}` : undefined,
    usesTls: endpoint?.kind === "tcp" && endpoint.tls !== null,
  };
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
  const isCommitted = (await isTracked(path, signal)) === true;
  return [{ path: relative(directory, path) || join(directory, basename(path)), mode, isCommitted }];
}
