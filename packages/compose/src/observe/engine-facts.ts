import { type EngineFacts, type Finding, SluiceError } from "@sluice/core";
import { composeVersion } from "../compose-cli/library.ts";
import { remembered } from "../compose-cli/memo.ts";
import { minimumCompose } from "../compose-cli/minimum-compose.ts";
import type { Engine } from "../engine/engine.ts";
import { freeDisk } from "../engine/free-disk.ts";

const minimumEngine = [24, 0] as const;

/**
 * Versions and free disk of the engine.
 *
 * @throws SluiceError ENGINE_UNREACHABLE, ENGINE_TOO_OLD, COMPOSE_MISSING, COMPOSE_TOO_OLD
 */
export async function readEngineFacts(engine: Engine, signal?: AbortSignal): Promise<EngineFacts> {
  const [{ Version }, composeText, info] = await Promise.all([
    engine.call("the engine's version cannot be read", (docker) => docker.version()),
    remembered(engine, "version", "", () => composeVersion({ env: engine.env, cwd: "/", signal })),
    engine.call("the engine cannot be asked", (docker) => docker.info()),
  ]);
  if (isOlder(Version, minimumEngine)) {
    throw new SluiceError(
      "ENGINE_TOO_OLD",
      `Docker Engine ${Version} is too old: ${minimumEngine.join(".")} is needed`,
      {
        hint: "update Docker Engine",
      },
    );
  }
  if (isOlder(composeText, minimumCompose)) {
    throw new SluiceError(
      "COMPOSE_TOO_OLD",
      `Compose ${composeText} is too old: ${minimumCompose.join(".")} is needed`,
      {
        hint: "update the docker compose plugin",
      },
    );
  }
  const facts = info as { DockerRootDir?: string; LiveRestoreEnabled?: boolean; Swarm?: unknown };
  return {
    engineVersion: Version,
    composeVersion: composeText,
    freeDiskBytes: await freeDisk(engine, facts.DockerRootDir),
    findings: findingsOf(facts),
  };
}

/** Reads `26.1.5+dfsg1`, `v2.26.1-4`, `28.0.0-rc.1`. What cannot be read counts as new enough. */
export function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const match = /(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [foundMajor, foundMinor] = [Number(match[1]), Number(match[2])];
  return foundMajor < major || (foundMajor === major && foundMinor < minor);
}

function findingsOf({ LiveRestoreEnabled }: { LiveRestoreEnabled?: boolean }): readonly Finding[] {
  if (LiveRestoreEnabled) return [];
  return [
    {
      severity: "info",
      code: "no-live-restore",
      message: "containers stop when the Docker engine is restarted or updated",
      hint: 'set "live-restore": true in /etc/docker/daemon.json',
    },
  ];
}
