import { type Diagnosis, when } from "@sluice/core";

export interface TakenPort {
  readonly service: string;
  readonly port: number;
}

export interface MachineFacts {
  /** Ports that the project publishes, that something else listens on, and that no container of the stack has. */
  readonly takenPorts: readonly TakenPort[];
  /** Whether the system's clock follows a time server; `null` where nothing tells. */
  readonly isClockSynchronised: boolean | null;
  /** The domain of the project where it has no address; `null` where it has one, or none is set. */
  readonly unresolvedDomain: string | null;
}

/** What is wrong with the machine beside disk and memory. */
export function machineDiagnoses(facts: MachineFacts): readonly Diagnosis[] {
  const { takenPorts, isClockSynchronised, unresolvedDomain } = facts;
  return [
    ...takenPorts.map(
      ({ service, port }): Diagnosis => ({
        severity: "error",
        code: "port-taken",
        what: `port ${port}, which ${service} publishes, is taken by something that is not of this stack`,
        why: "the door cannot be started: a first deployment fails there",
        mend: `ss -ltnp 'sport = :${port}' shows who listens; stop it, or publish another port`,
      }),
    ),
    ...when(isClockSynchronised === false, {
      severity: "warn",
      code: "clock-unsynchronised",
      what: "this machine's clock follows no time server",
      why: "windows are judged by it, signatures and certificates fail when it is off, and the record is in its order",
      mend: "timedatectl set-ntp true",
    }),
    ...when(unresolvedDomain !== null, {
      severity: "warn",
      code: "domain-unresolved",
      what: `DOMAIN (${unresolvedDomain}) has no address that this machine can find`,
      why: "users do not find it either, or this machine's DNS does not work; certificates cannot be renewed",
      mend: `getent hosts ${unresolvedDomain}, then look at the record of the domain and at /etc/resolv.conf`,
    }),
  ];
}
