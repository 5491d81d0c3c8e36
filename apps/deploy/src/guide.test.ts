import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aDesk } from "./testing/a-desk.ts";
import { aHealthyDeployer } from "./testing/a-healthy-deployer.ts";
import { run } from "./testing/run.ts";
import { splitWords } from "./testing/split-words.ts";

const docs = join(import.meta.dirname, "../../../docs");
const guides = { en: readGuide("en"), zh: readGuide("zh") };

function readGuide(language: string) {
  const text = readFileSync(join(docs, language, "production.md"), "utf8");
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block.trim().split("\n"));
  return { text, commands: blocks.flat() };
}

/** What a section holds in any language: how many items and rows, and what it calls by its name. */
function shapeOf(section: string) {
  const prose = section.replaceAll(/^```[\s\S]*?^```/gm, "");
  const count = (pattern: RegExp) => [...prose.matchAll(pattern)].length;
  const names = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);
  const numbers = { items: count(/^(?:-|\d\.) /gm), rows: count(/^\|/gm) };
  return { ...numbers, names: [...new Set(names)].toSorted() };
}

/** The first words of a command line, such as `sluice db backup`. */
const wordsOf = (line: string, count: number) => line.split(" ").slice(0, count).join(" ");
const own = [...new Set(guides.en.commands.filter((line) => line.startsWith("sluice ")))];

describe("the guide", () => {
  it("has commands in plenty", () => {
    expect(own.length).toBeGreaterThan(35);
  });

  it("has the same commands in both languages, in the same order", () => {
    expect(guides.zh.commands).toEqual(guides.en.commands);
  });

  it("has the same sections, and links that lead somewhere", () => {
    const levels = ({ text }: { text: string }) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
    expect(levels(guides.zh)).toEqual(levels(guides.en));
    for (const [language, { text }] of Object.entries(guides)) {
      const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
      for (const link of links.filter((target) => !target.startsWith("#"))) {
        expect(readFileSync(join(docs, language, link), "utf8")).not.toBe("");
      }
      const anchors = new Set(
        [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-")),
      );
      for (const link of links.filter((target) => target.startsWith("#"))) expect(anchors).toContain(link.slice(1));
    }
  });

  it("says as much in both languages: items, rows and settings of each section", () => {
    expect(guides.zh.text.split(/^## /m).map(shapeOf)).toEqual(guides.en.text.split(/^## /m).map(shapeOf));
  });

  it("shows every command of the reference", () => {
    const reference = readFileSync(join(docs, "cli.md"), "utf8");
    const commands = [...reference.matchAll(/^## `(sluice [^`]+)`$/gm)].map(([, command = ""]) => command);
    expect(commands.length).toBeGreaterThan(40);
    const shown = new Set(own.flatMap((line) => [wordsOf(line, 2), wordsOf(line, 3)]));
    expect(commands.filter((command) => !shown.has(command))).toEqual([]);
  });

  it("uses nothing but sluice, git and gh", () => {
    expect(guides.en.commands.filter((line) => !/^(?:sluice|git|gh) /.test(line))).toEqual([]);
  });

  it.each(own)("%s works", async (line) => {
    const cwd = await mkdtemp(join(tmpdir(), "sluice-guide-"));
    try {
      if (line.startsWith("sluice state import")) await writeFile(join(cwd, "sluice-state.tar"), "state");
      const argv = splitWords(line.replace("/srv/backups/", "")).slice(1);
      // Watching and following end when they are told to.
      const signal = /--watch|--follow/.test(line) ? AbortSignal.timeout(200) : undefined;
      const ran = await run(argv, {
        ...aDesk(),
        deployer: aHealthyDeployer(),
        cwd,
        isInteractive: true,
        sleep: (ms) => sleep(Math.min(ms, 5)),
        ...(signal ? { signal } : {}),
      });
      expect(ran.stderr).not.toContain("error");
      expect(ran.exitCode).toBe(signal?.aborted ? 130 : 0);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});
