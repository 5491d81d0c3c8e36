import { randomBytes } from "node:crypto";
import type { Clock, ContainerExec, ThrowAwayContainers } from "@sluice/core";
import { waitUntilReady } from "../process/wait-until-ready.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, maintenance } from "./target.ts";

export interface ScratchRequest {
  readonly stack: string;
  /** Id of the image that the live server ran. */
  readonly image: string;
  readonly kind: MysqlTarget["kind"];
  readonly database: string;
  /** What a server of its kind must be told at its start. */
  readonly settings: readonly string[];
  readonly memoryBytes: number;
  /** In its name. Default `verify`. */
  readonly purpose?: string | undefined;
}

/** A server that is nobody's and is gone, with its data, when it is disposed. */
export interface ScratchServer extends AsyncDisposable {
  readonly target: MysqlTarget;
}

/** Its data need not survive anything, and no event of the application may run in it. */
const fast = [
  "--event-scheduler=OFF",
  "--skip-log-bin",
  "--sync-binlog=0",
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-doublewrite=OFF",
  "--max-allowed-packet=1073741824",
];

/**
 * Starts a throw-away server from the live one's image, without a network, and waits until it answers.
 *
 * @throws SluiceError IMAGE_MISSING, START_FAILED with the end of its log, DEADLINE_EXCEEDED
 */
export async function startScratch(
  {
    throwAway,
    exec,
    clock,
  }: { readonly throwAway: ThrowAwayContainers; readonly exec: ContainerExec; readonly clock: Clock },
  { stack, image, kind, database, settings, memoryBytes, purpose = "verify" }: ScratchRequest,
  signal?: AbortSignal,
): Promise<ScratchServer> {
  const password = randomBytes(16).toString("hex");
  const container = await throwAway.start(
    {
      stack,
      image,
      purpose,
      // Nobody but its own processes can reach it: without a network the password is only what images ask for.
      environment: { MARIADB_ROOT_PASSWORD: password, MYSQL_ROOT_PASSWORD: password },
      // Images put the server's name before what begins with a dash.
      command: [...fast, `--innodb-buffer-pool-size=${Math.floor(memoryBytes / 4)}`, ...settings],
      memoryBytes,
    },
    signal,
  );
  const target: MysqlTarget = { kind, container: container.id, user: "root", password, database };
  try {
    // The server that the image runs while it sets itself up listens on its socket only, so this asks over TCP.
    const probe = [...clientCommand(maintenance(target), ["--host=127.0.0.1", "--protocol=tcp"]), "--execute=select 1"];
    const environment = clientEnvironment(target, "verify");
    await waitUntilReady({ container, exec, clock, probe, environment }, signal);
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
  return { target, [Symbol.asyncDispose]: () => container[Symbol.asyncDispose]() };
}
