/** Keeps the last bytes of what is pushed, in constant memory. */
export function createTail(maxBytes: number): { push(data: Uint8Array): void; text(): string } {
  let kept: Uint8Array[] = [];
  let size = 0;
  return {
    push(data) {
      kept.push(data);
      size += data.length;
      if (size <= maxBytes * 2) return;
      const joined = Buffer.concat(kept).subarray(-maxBytes);
      kept = [joined];
      size = joined.length;
    },
    text: () => Buffer.concat(kept).subarray(-maxBytes).toString("utf8"),
  };
}
