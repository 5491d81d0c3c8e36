import { type DoorTraffic, type Slot, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { countScript, parseCounts } from "./counts.ts";
import { activeScript, parseActive, parseServers, serversScript } from "./observe-servers.ts";

export async function observeTraffic({ door, shell }: DoorLink, signal?: AbortSignal): Promise<DoorTraffic> {
  const text = await shell.run(`${countScript}\n${activeScript}\nprintf '\\n'\n${serversScript(1)}`, signal);
  const counts = parseCounts(text);
  if (!counts) {
    throw new SluiceError("DOOR_FAILED", `door ${door} gave no counts`, {
      detail: text.slice(0, 500),
      retryable: true,
    });
  }
  const servers = parseServers(text);
  const traffic = (slot: Slot) => {
    const own = servers.filter((server) => server.slot === slot);
    return {
      ...counts[slot],
      active: parseActive(text, slot),
      serversUp: own.filter(({ isReached }) => isReached).length,
      serversTotal: own.length,
    };
  };
  return { epoch: counts.epoch, slots: { blue: traffic("blue"), green: traffic("green") } };
}

/** Requests and connections under way at a slot. */
export async function observeActive({ shell }: DoorLink, slot: Slot, signal?: AbortSignal): Promise<number> {
  return parseActive(await shell.run(activeScript, signal), slot);
}

/** As `observeActive`, at both slots. */
export async function observeUnderWay({ shell }: DoorLink, signal?: AbortSignal): Promise<number> {
  const text = await shell.run(activeScript, signal);
  return parseActive(text, "blue") + parseActive(text, "green");
}
