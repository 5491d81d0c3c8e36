import type { ContainerFall, ContainerLogs, ContainerStats, ContainerUsage, LogSpan, WrittenLine } from "@sluice/core";
import { SluiceError } from "@sluice/core";

/** Logs that a test writes; a container without one cannot be read. */
export interface FakeLogs extends ContainerLogs {
  /** Told to whoever follows the container, and kept. */
  write(container: string, text: string, at: Date): void;
  /** The container ended: whoever follows it is at the end. */
  end(container: string): void;
  readonly reads: { readonly container: string; readonly span: LogSpan }[];
}

export function createFakeLogs(containers: readonly string[]): FakeLogs {
  const kept = new Map<string, WrittenLine[]>(containers.map((id) => [id, []]));
  const followers = new Map<string, Set<(line: WrittenLine | null) => void>>();
  const reads: FakeLogs["reads"] = [];
  return {
    reads,
    write(container, text, at) {
      const line = { container, text, at: at.toISOString().replace("Z", "000000Z") };
      kept.get(container)?.push(line);
      for (const tell of followers.get(container) ?? []) tell(line);
    },
    end(container) {
      for (const tell of followers.get(container) ?? []) tell(null);
    },
    async *lines(container, span, signal) {
      reads.push({ container, span });
      const lines = kept.get(container);
      if (!lines) throw new SluiceError("ENGINE_FAILED", `the log of ${container} cannot be read`);
      const { since, until } = span;
      if (since !== "now") {
        const isWithin = ({ at }: WrittenLine) => Date.parse(at) >= since.getTime() && !(until && new Date(at) > until);
        yield* lines.filter(isWithin);
      }
      if (until) return;
      const queue: (WrittenLine | null)[] = [];
      let wake = () => {};
      const tell = (line: WrittenLine | null) => {
        queue.push(line);
        wake();
      };
      const tellers = followers.get(container) ?? new Set();
      followers.set(container, tellers.add(tell));
      signal.addEventListener("abort", () => tell(null), { once: true });
      for (;;) {
        if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const line = queue.shift();
        if (!line) break;
        yield line;
      }
      tellers.delete(tell);
    },
  };
}

/** Usage that a test makes up at each call, and falls that it tells. */
export function createFakeStats(usage: (container: string) => ContainerUsage | null): ContainerStats & {
  fall(fall: ContainerFall): void;
} {
  const told: ContainerFall[] = [];
  let wake = () => {};
  return {
    usage: (container) => Promise.resolve(usage(container)),
    fall(fall) {
      told.push(fall);
      wake();
    },
    falls: (_containers, signal) => Promise.resolve(tell(signal)),
  };
  async function* tell(signal: AbortSignal): AsyncGenerator<ContainerFall> {
    signal.addEventListener("abort", () => wake(), { once: true });
    while (!signal.aborted) {
      const fall = told.shift();
      if (fall) yield fall;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}
