import type { DoorRuntime } from "@sluice/core";
import { removeContainers, stopContainers } from "../engine/stop.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { chooseAddresses, containerAddresses, type DoorAddresses, labelledAddresses } from "./addresses.ts";
import { doorsOf, ensureDoor, ensurePreview, removePreview } from "./ensure-door.ts";
import { specHash } from "./spec-hash.ts";
import type { DoorTools } from "./ways.ts";

export interface DoorDependencies extends DoorTools {
  readonly pool: () => Promise<SubnetPool>;
}

export function createDoorRuntime({ pool, ...tools }: DoorDependencies): DoorRuntime {
  const { engine } = tools;
  /** Addresses that were given out, for doors that are not made yet. By stack and service. */
  const promised = new Map<string, DoorAddresses>();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    addresses(model, service, slot, { anew } = {}) {
      // One after the other: two services that ask at once must not get the same block.
      const next = turn.then(async () => {
        const key = (name: string) => `${model.name}/${name}`;
        const labelled = await labelledAddresses(engine, model.name);
        const open = [...promised].flatMap(([at, addresses]) =>
          at.startsWith(key("")) ? [{ service: at.slice(key("").length), addresses }] : [],
        );
        const given = [...labelled, ...open, ...(await containerAddresses(engine, model.name))];
        const chosen = await chooseAddresses(engine, await pool(), { model, service, slot, given, anew });
        promised.set(key(service.name), chosen);
        return chosen;
      });
      turn = next.catch(() => undefined);
      return next;
    },
    specHash,
    ensure: (request, options) => ensureDoor(tools, request, options),
    ensurePreview: (request, options) => ensurePreview(tools, request, options),
    removePreview: (stack, service) => removePreview(tools, stack, service),
    async remove(stack, service, { graceMs = 0, signal } = {}) {
      const ids = (await doorsOf(tools, stack, service)).map(({ Id }) => Id);
      if (graceMs > 0) await stopContainers(engine, ids, { signal }, graceMs);
      await removeContainers(engine, ids);
      await removePreview(tools, stack, service);
    },
  };
}
