import type { Watcher } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Sees what the release under watch is made to show, where anything of it runs that could show it. */
export function fakeWatcher({ act, state, behaviourOf }: FakeContext): Watcher {
  return {
    begin: ({ name, services, onNoData, type }, target, signal) =>
      act(`watcher.begin ${name}`, signal, () => {
        const containers = () =>
          services
            .flatMap((service) => target.containers[service] ?? [])
            .flatMap((id) => state.containers.get(id) ?? []);
        // What is in base is labelled with no release.
        const watched = [...state.bundles.values()].find(({ bundle }) => bundle.tag === target.release);
        const behaviour = () => {
          const [container] = containers();
          return behaviourOf(container ? (container.release ?? watched?.bundle.id ?? null) : null);
        };
        const isBlind = () =>
          (type === "logs" || type === "resources") && containers().every(({ state: is }) => is === "created");
        let hasForgiven = false;
        return {
          forgave: () => hasForgiven,
          stirred: (waiting) => behaviour().stirred?.(name, waiting) ?? new Promise<void>(() => {}),
          look: (_looks, lookSignal) =>
            act(`watcher.look ${name}`, lookSignal, () => {
              const { isForgiven = false, ...shown } = behaviour().watched?.(name, target) ?? {};
              hasForgiven = isForgiven;
              const result = isBlind() ? "no-data" : "pass";
              const verdict = { check: name, result, value: "0", limit: "0", n: 1, ...shown } as const;
              return verdict.result === "no-data" ? { onNoData, ...verdict } : verdict;
            }),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        };
      }),
  };
}
