/**
 * Differences of two texts by line, with three lines around each. For people to read, of short files, in `init` alone: a library
 * would write a patch, with hunk headers that say nothing here, and be one more thing that comes with the program.
 */
export function formatDiff(name: string, before: string, after: string): string {
  const lines = compare(before.split("\n"), after.split("\n"));
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - 3), index + 4).some(({ mark }) => mark !== " "));
  const shown = lines.flatMap(({ mark, text }, index) =>
    near[index] ? [`${mark} ${text}`.trimEnd()] : near[index - 1] ? ["…"] : [],
  );
  return `--- ${name}\n+++ ${name}\n${shown.join("\n")}\n`;
}

interface DiffLine {
  readonly mark: " " | "+" | "-";
  readonly text: string;
}

/** By the longest common subsequence; configuration files are short. */
function compare(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = before.map(() => after.map(() => 0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i] as number[];
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, next] = [before[i], after[j]];
    if (old !== undefined && old === next) {
      lines.push({ mark: " ", text: old });
      i++;
      j++;
    } else if (old !== undefined && (next === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: "-", text: old });
      i++;
    } else {
      lines.push({ mark: "+", text: next ?? "" });
      j++;
    }
  }
  return lines;
}
