import type { Slot } from "./slot.ts";

/** Where checks are run: always from inside, by processes in containers. */
export interface ProbeTarget {
  readonly slot: Slot;
  /** Containers of the service under test by service name. */
  readonly containers: Readonly<Record<string, readonly string[]>>;
  /** Addresses of the service's containers on the slot's link, by service name, where they are known. */
  readonly addresses?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Where a service listens, by service name: for HTTP checks of services without a door. */
  readonly ports?: Readonly<Record<string, number>> | undefined;
  /** The door to go through, by service name; checks of a service without one go straight to its container. */
  readonly doors: Readonly<Record<string, ProbeDoor>>;
}

export interface ProbeDoor {
  readonly container: string;
  /** Port the door listens on. */
  readonly port: number;
  /** Value of `X-Sluice-Preview`; secret. `null` probes as a user would. */
  readonly previewSecret: string | null;
  /** The door takes no connection without a header of the PROXY protocol. Default false. */
  readonly proxyProtocol?: boolean | undefined;
}
