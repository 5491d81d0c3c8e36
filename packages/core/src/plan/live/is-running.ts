import type { ObservedStack } from "../../model/stack.ts";

/** Whether a service runs, wherever its containers are: a database in a file is one of a service that may be in a slot. Pure. */
export function isRunning({ base, slots, plain }: ObservedStack, service: string): boolean {
  const elsewhere = [...slots.blue.containers, ...slots.green.containers, ...plain];
  const found = [...(base[service]?.containers ?? []), ...elsewhere.filter((one) => one.service === service)];
  return found.some(({ state }) => state === "running");
}
