import type { Watcher } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Sees what the release under watch is made to show. */
export function fakeWatcher({ act, state, behaviourOf }: FakeContext): Watcher {
  return {
    begin: ({ name, services, onNoData }, target, signal) =>
      act(`watcher.begin ${name}`, signal, () => {
        const behaviour = () => {
          const [id] = services.flatMap((service) => target.containers[service] ?? []);
          return behaviourOf(state.containers.get(id ?? "")?.release ?? null);
        };
        let hasForgiven = false;
        return {
          forgave: () => hasForgiven,
          stirred: (waiting) => behaviour().stirred?.(name, waiting) ?? new Promise<void>(() => {}),
          look: (_looks, lookSignal) =>
            act(`watcher.look ${name}`, lookSignal, () => {
              const { isForgiven = false, ...shown } = behaviour().watched?.(name, target) ?? {};
              hasForgiven = isForgiven;
              const verdict = { check: name, result: "pass", value: "0", limit: "0", n: 1, ...shown } as const;
              return verdict.result === "no-data" ? { onNoData, ...verdict } : verdict;
            }),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        };
      }),
  };
}
