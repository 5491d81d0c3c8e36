import type { BaseRuntime, ContainerExec } from "@sluice/core";
import { listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { ensureNetworks } from "../networks/ensure-networks.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { baseRemove } from "./base-remove.ts";
import { baseUp } from "./base-up.ts";
import { changedFiles } from "./changed-files.ts";
import { changedObjects } from "./changed-objects.ts";
import { assertNotAnothers, claim } from "./claim.ts";
import { placeFiles } from "./place-files.ts";
import { rereadNames } from "./reread-names.ts";
import { restartAfter } from "./restart-after.ts";

export interface BaseDependencies {
  readonly engine: Engine;
  readonly exec: ContainerExec;
  readonly pool: () => Promise<SubnetPool>;
}

export function createBaseRuntime({ engine, exec, pool }: BaseDependencies): BaseRuntime {
  return {
    claim: (stack, homeId, when) => (when === "if-taken" ? assertNotAnothers : claim)(engine, stack, homeId),
    ensureNetworks: async (model, slot, services, options) =>
      ensureNetworks(engine, await pool(), { model, slot, services }, options),
    changedFiles: async (serves, wanted, services) => {
      const objects = changedObjects(serves.model, wanted.model, services, engine.env);
      const files = (await sharesFiles(engine)) ? changedFiles(serves, wanted, services) : {};
      const names = Object.keys({ ...objects, ...files });
      return Object.fromEntries(names.map((name) => [name, [...(objects[name] ?? []), ...(files[name] ?? [])]]));
    },
    placed: async (release, services, now, left) => {
      if (!(await sharesFiles(engine))) return { model: release.model, unproven: [], missing: [] };
      const containers = await listBase(engine, release.model.name);
      const mounted = new Set(containers.flatMap(({ Mounts }) => Mounts.map(({ Source }) => Source)));
      return placeFiles(release, services, { now, left, mounted });
    },
    remove: (stack, service, options) => baseRemove(engine, stack, service, options),
    rereadNames: (stack, options) => rereadNames({ engine, exec }, stack, options),
    restartAfter: (stack, service, others, options) => restartAfter({ engine, exec }, stack, service, others, options),
    up: (model, service, _services, options) => baseUp(engine, exec, { model, service }, options),
  };
}

/** With this machine. */
async function sharesFiles(engine: Engine): Promise<boolean> {
  return (await engine.endpoint()).kind === "unix";
}
