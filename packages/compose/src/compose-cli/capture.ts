const limits = { all: 64 * 1024 * 1024, tail: 1024 * 1024 } as const;

/** Keeps what a process writes, as bytes until it is complete: `all` up to 64 MiB, or the last MiB as `tail`. */
export function createCapture(kind: keyof typeof limits): {
  push(data: Uint8Array): void;
  isOverflown(): boolean;
  text(): string;
} {
  const limit = limits[kind];
  let kept: Uint8Array[] = [];
  let size = 0;
  let isOverflown = false;
  return {
    push(data) {
      if (isOverflown) return;
      kept.push(data);
      size += data.length;
      if (kind === "all") isOverflown = size > limit;
      else if (size > limit * 2) {
        kept = [Buffer.concat(kept).subarray(-limit)];
        size = limit;
      }
    },
    isOverflown: () => isOverflown,
    text: () => Buffer.concat(kept).subarray(-limit).toString("utf8"),
  };
}
