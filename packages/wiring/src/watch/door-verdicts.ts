import {
  doorFinding,
  isBehindDoor,
  isSluiceError,
  type ObservedDoor,
  type ObservedStack,
  type Prober,
  type ServiceFacts,
  type Slot,
  shareOf,
  slots,
  type TcpCheck,
  type TrafficRouter,
  type Verdict,
} from "@sluice/core";

export interface DoorVerdictPorts {
  readonly prober: Pick<Prober, "probe">;
  readonly router: Pick<TrafficRouter, "waitServers">;
}

const limit = "runs, takes connections, and leads to a server that is up";
const timeoutMs = 3_000;

/**
 * Whether users come in through every door of a release: checks that are asked of one service say nothing of the door of another. Each
 * door has one verdict; where it fails, its detail says what mends it.
 *
 * @param services of the release that serves
 */
export function doorVerdicts(
  { doors }: Pick<ObservedStack, "doors">,
  services: readonly ServiceFacts[],
  ports: DoorVerdictPorts,
  signal?: AbortSignal,
): Promise<readonly Verdict[]> {
  const webs = services.filter((service) => isBehindDoor(service) && service.replicas > 0);
  return Promise.all(
    webs.map(async (web) => {
      const failed = { check: `door ${web.name}`, result: "fail", limit, n: 1 } as const;
      const door = doors[web.name] ?? absent(web.name);
      const finding = doorFinding(door, null);
      if (finding && finding.severity !== "info") {
        return { ...failed, value: valueOf(door), detail: `${finding.message}\n${finding.hint}` };
      }
      const fault = (await portFault(door, web, ports, signal)) ?? (await serverFault(door, ports, signal));
      if (fault) return { ...failed, ...fault };
      return { ...failed, result: "pass" as const, value: `leads to ${slotsOf(door).join(" and ")}` };
    }),
  );
}

type Fault = Pick<Verdict, "value" | "detail"> & Partial<Pick<Verdict, "result" | "onNoData">>;

function absent(service: string): ObservedDoor {
  return { service, state: "absent", reason: "", containerId: null, routing: null };
}

function valueOf({ state, isUnreached }: ObservedDoor): string {
  if (isUnreached) return "cut off";
  return state === "absent" || state === "stopped" ? state : "silent";
}

/** From inside the door's container, at each of its ports: what it listens on. */
async function portFault(
  { service, containerId }: ObservedDoor,
  { port, ports }: ServiceFacts,
  { prober }: DoorVerdictPorts,
  signal?: AbortSignal,
): Promise<Fault | null> {
  const container = containerId ?? "";
  const published = ports.filter(({ protocol }) => protocol === "tcp").map(({ target }) => target);
  const listening = [...new Set([...(port === null ? [] : [port]), ...published])];
  const verdicts = await Promise.all(
    listening.map((one) => {
      const patience = { timeoutMs, successes: 1, retries: 1, onNoData: "fail" } as const;
      const check: TcpCheck = { type: "tcp", name: `port ${one}`, service, port: one, ...patience };
      const doors = { [service]: { container, port: one, previewSecret: null } };
      // The door itself is what is connected to.
      return prober.probe(
        check,
        { slot: "blue", containers: {}, addresses: { [service]: ["127.0.0.1"] }, doors },
        signal,
      );
    }),
  );
  const failed = verdicts.find(({ result }) => result === "fail");
  const unasked = verdicts.find(({ result }) => result === "no-data");
  if (!failed && unasked) {
    return { value: `${unasked.check}: ${unasked.value}`, detail: unasked.detail, result: "no-data", onNoData: "fail" };
  }
  if (!failed) return null;
  const said = failed.detail ? `\n${failed.detail}` : "";
  const why = `door ${service} runs and takes no connection at ${failed.check}${said}`;
  return { value: `${failed.check} does not answer`, detail: `${why}\n${again(container)}` };
}

/** As the door itself sees its servers: what it does not reach, no user reaches. */
async function serverFault(
  door: ObservedDoor,
  { router }: DoorVerdictPorts,
  signal?: AbortSignal,
): Promise<Fault | null> {
  const { service, containerId } = door;
  const led = slotsOf(door);
  if (led.length === 0) {
    const detail = `door ${service} leads nowhere: nobody reaches ${service}\nsluice status shows what runs; sluice deploy leads it there`;
    return { value: "leads nowhere", detail };
  }
  for (const slot of led) {
    try {
      await router.waitServers(containerId ?? "", slot, 1, timeoutMs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isSluiceError(error)) throw error;
      const said = error.message.replaceAll(`door ${containerId}`, `door ${service}`);
      const detail = `door ${service} leads to ${slot}, where it reaches no server: ${said}\nsluice ps shows what runs there, sluice logs ${service} what it says`;
      return { value: `no server of ${slot} is up`, detail };
    }
  }
  return null;
}

function slotsOf({ routing }: ObservedDoor): readonly Slot[] {
  return routing ? slots.filter((slot) => shareOf(routing, slot) > 0) : [];
}

function again(container: string): string {
  return `docker restart ${container.slice(0, 12)}; or sluice deploy --replace-doors, which makes it anew`;
}
