import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export interface Checkout extends AsyncDisposable {
  readonly directory: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  git(...args: readonly string[]): Promise<unknown>;
  /** Commits all that is not ignored, under a tag. */
  release(tag: string): Promise<void>;
  run(program: string, env: Readonly<Record<string, string | undefined>>): Promise<Ran>;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository of its own, in which programs run as a workflow runs them: as processes. */
export async function openCheckout(): Promise<Checkout> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-scripts-"));
  const git = (...args: readonly string[]) => {
    const by = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"];
    return promisify(execFile)("git", [...by, ...args], { cwd: directory });
  };
  await git("init", "-q", "-b", "main");
  return {
    directory,
    git,
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      }
    },
    async release(tag) {
      await git("add", "-A");
      await git("commit", "-q", "--no-verify", "-m", tag);
      await git("-c", "tag.gpgsign=false", "tag", tag);
    },
    async run(program, env) {
      const file = join(import.meta.dirname, "../../src", program);
      const options = { cwd: directory, env: { PATH: process.env["PATH"], ...env }, maxBuffer: 64 * 1024 * 1024 };
      return promisify(execFile)(process.execPath, ["--conditions=sluice-source", file], options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: Ran) => ({ code, stdout, stderr }),
      );
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
