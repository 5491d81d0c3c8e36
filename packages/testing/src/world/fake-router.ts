import {
  type DoorTraffic,
  type RouterCapabilities,
  type SlotTraffic,
  SluiceError,
  type TrafficRouter,
} from "@sluice/core";
import { untilAborted } from "./calls.ts";
import type { FakeContext } from "./context.ts";
import { givesPortOn } from "./fake-doors.ts";
import { containersIn, isUp, type WorldDoor, type WorldState } from "./state.ts";
import { usersOf } from "./users.ts";

export function fakeRouter({ act, state, clock, drainMs }: FakeContext): TrafficRouter {
  return {
    kind: "fake",
    capabilities: allCapabilities,
    files: (_spec, routing) => [{ path: "/routing", content: JSON.stringify(routing) }],
    volumes: () => [],
    routing: (id, signal) =>
      act(`router.routing ${serviceOf(state, id)}`, signal, () => runningDoor(state, id).routing),
    setRouting: (id, routing, signal) =>
      act(`router.setRouting ${serviceOf(state, id)}`, signal, () => {
        const door = runningDoor(state, id);
        if (routing.stable === null && givesPortOn(state, door)) state.gaps.add(door.service);
        door.routing = routing;
      }),
    reconfigure: (id, _spec, signal) =>
      act(`router.reconfigure ${serviceOf(state, id)}`, signal, () => void runningDoor(state, id)),
    traffic: (id, signal) =>
      act(`router.traffic ${serviceOf(state, id)}`, signal, (): DoorTraffic => {
        runningDoor(state, id);
        return { epoch: id, slots: { blue: noTraffic, green: noTraffic } };
      }),
    underWay: (id, signal) =>
      act(`router.underWay ${serviceOf(state, id)}`, signal, () => {
        runningDoor(state, id);
        return 0;
      }),
    samples: (_id, signal) => noSamples(signal),
    async drain(id, slot, timeoutMs, signal) {
      const isOpen = state.open.has(`${runningDoor(state, id).service}@${slot}`);
      if (isOpen && drainMs() > 0) await clock.sleep(Math.min(timeoutMs, drainMs()), signal);
      return act(`router.drain ${serviceOf(state, id)} at ${slot}`, signal, () => {
        const { service } = runningDoor(state, id);
        const releases = containersIn(state, slot, service).map(({ release }) => release ?? "");
        const reach = usersOf(state)[service] ?? {};
        if (releases.every((release) => !reach[release])) state.open.delete(`${service}@${slot}`);
        return { closed: 0 };
      });
    },
    waitServers: (id, slot, count, timeoutMs, signal) =>
      act(`router.waitServers ${serviceOf(state, id)} at ${slot}`, signal, () => {
        const { service, listen } = runningDoor(state, id);
        // A door reaches every slot at the ports that it listens on itself.
        const up = containersIn(state, slot, service).filter(
          (one) => isUp(one) && (one.facts.port === null || listen.includes(one.facts.port)),
        ).length;
        if (up >= count) return;
        throw new SluiceError("NOT_READY", `door ${id} reaches ${up} of ${count} servers after ${timeoutMs} ms`);
      }),
  };
}

/** Ends with the signal, as a door would that nobody asks anything. */
function noSamples(signal: AbortSignal): AsyncIterable<never> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        await untilAborted(signal);
        return { done: true, value: undefined };
      },
    }),
  };
}

function serviceOf(state: WorldState, id: string): string {
  const door = state.doors.get(id);
  return door ? `${door.kind} ${door.service}` : id;
}

function runningDoor(state: WorldState, id: string): WorldDoor {
  const door = state.doors.get(id);
  if (door?.running) return door;
  throw new SluiceError("DOOR_FAILED", `door ${id} does not answer`);
}

const allCapabilities: RouterCapabilities = {
  tcp: true,
  proxyProtocolIn: true,
  proxyProtocolOut: true,
  testersByToken: true,
  testersByAddress: true,
  testersBehindProxies: true,
  http2WithoutTls: true,
  losslessShift: true,
  losslessReload: true,
  closesOneSlot: true,
  countsAcrossReloads: true,
  automaticHttps: true,
};

const noTraffic: SlotTraffic = {
  requests: 0,
  http2xx: 0,
  http3xx: 0,
  http4xx: 0,
  http5xx: 0,
  connectErrors: 0,
  responseErrors: 0,
  retries: 0,
  redispatches: 0,
  active: 0,
  serversUp: 1,
  serversTotal: 1,
};
