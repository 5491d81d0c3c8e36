/** Cuts text that comes in pieces into lines; a multi-byte character on the border of two pieces stays whole. */
export function createLineSplitter(onLine: (line: string) => void): {
  push(data: Uint8Array): void;
  /** Gives out what came after the last line break. */
  end(): void;
} {
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  return {
    push: (data) => take(decoder.decode(data, { stream: true })),
    end() {
      take(decoder.decode());
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
