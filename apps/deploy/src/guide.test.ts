import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aDesk } from "./testing/a-desk.ts";
import { aHealthyDeployer } from "./testing/a-healthy-deployer.ts";
import { run } from "./testing/run.ts";
import { splitWords } from "./testing/split-words.ts";

const docs = join(import.meta.dirname, "../../../docs");
const pages = readdirSync(join(docs, "en"));
const guides = pages.map((page) => ({ page, en: readGuide("en", page), zh: readGuide("zh", page) }));

function readGuide(language: string, page: string) {
  const path = join(docs, language, page);
  const text = readFileSync(path, "utf8");
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block.trim().split("\n"));
  return { path, text, commands: blocks.flat() };
}

/** Links of a page that lead nowhere: no such file, or no such heading in it. */
function deadLinks({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    const [file = "", heading] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    return !existsSync(target) || (heading !== undefined && !anchorsOf(readFileSync(target, "utf8")).has(heading));
  });
}

const anchorsOf = (text: string) =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

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
const typed = guides.flatMap(({ en }) => en.commands);
const own = [...new Set(typed.filter((line) => line.startsWith("sluice ")))];

it("has every page in both languages", () => {
  expect(readdirSync(join(docs, "zh"))).toEqual(pages);
});

describe.each(guides)("the page $page", ({ en, zh }) => {
  it("has the same commands in both languages, in the same order", () => {
    expect(zh.commands).toEqual(en.commands);
  });

  it("has the same sections, and links that lead somewhere", () => {
    const levels = ({ text }: { text: string }) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
    expect(levels(zh)).toEqual(levels(en));
    expect([...deadLinks(en), ...deadLinks(zh)]).toEqual([]);
  });

  it("says as much in both languages: items, rows and settings of each section", () => {
    expect(zh.text.split(/^#{2,3} /m).map(shapeOf)).toEqual(en.text.split(/^#{2,3} /m).map(shapeOf));
  });
});

describe("the guide", () => {
  it("has commands in plenty", () => {
    expect(own.length).toBeGreaterThan(35);
  });

  it("shows every command of the reference", () => {
    const reference = readFileSync(join(docs, "cli.md"), "utf8");
    const commands = [...reference.matchAll(/^## `(sluice [^`]+)`$/gm)].map(([, command = ""]) => command);
    expect(commands.length).toBeGreaterThan(40);
    const shown = new Set(own.flatMap((line) => [wordsOf(line, 2), wordsOf(line, 3)]));
    expect(commands.filter((command) => !shown.has(command))).toEqual([]);
  });

  it("uses nothing but sluice, git and gh", () => {
    expect(typed.filter((line) => !/^(?:sluice|git|gh) /.test(line))).toEqual([]);
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
