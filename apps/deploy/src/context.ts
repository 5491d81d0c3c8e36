import type { Readable } from "node:stream";
import type { Deployer, DeployerOptions, OpenedDesk, ReleaseSourceOptions, ResolvedRelease } from "@sluice/wiring";

export type DeploymentResult = Awaited<ReturnType<Deployer["deploy"]>>;
export type AttemptRecord = Awaited<ReturnType<Deployer["history"]>>[number];

/** Where text goes: the part of a writable stream that commands use. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal; changes when it is resized. */
  readonly columns?: number | undefined;
}

/** Everything of the process that a command may touch; `main.ts` makes the real one. */
export interface CommandContext {
  readonly createDeployer: (options: DeployerOptions) => Deployer | Promise<Deployer>;
  readonly resolveRelease: (options: ReleaseSourceOptions) => Promise<ResolvedRelease>;
  readonly openReleaseDesk: (options: DeployerOptions) => Promise<OpenedDesk>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The standard output as a stream, for bytes. */
  readonly binaryOutput: NodeJS.WritableStream;
  /** The standard input as a stream, for bytes. */
  readonly binaryInput: Readable;
  /** A person is there to be asked. */
  readonly isInteractive: boolean;
  /** Asks a question that is answered by yes or no. */
  readonly confirm: (question: string, signal: AbortSignal) => Promise<boolean>;
  /** Lowers the priority of this process and of what it starts: containers that serve come first. */
  readonly giveWay: () => void;
  /** Absolute, without links. */
  readonly cwd: string;
  /** Name of the user who runs this. */
  readonly user: string;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts at the first SIGINT or SIGTERM, or the SIGHUP of a closed terminal, and then the exit code is 130. */
  readonly signal: AbortSignal;
  /** Aborts with the error when the standard output cannot be written, as nobody reads it any more. A deployment goes on. */
  readonly outputClosed: AbortSignal;
  /** Resolves when all that was written to the standard output is out, or `outputClosed` says that it is not. */
  readonly written: () => Promise<void>;
}

/** One command as it was typed. */
export interface CommandCall<Flags = object> {
  readonly context: CommandContext;
  readonly flags: Flags & CommonFlags;
  readonly args: readonly string[];
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly projectDirectory?: string;
  readonly config?: string;
  readonly env?: string;
  readonly stateHome?: string;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly yes?: boolean;
}

/** Flags of commands that change something. */
export interface WaitFlags {
  /** In Compose syntax. */
  readonly wait?: string;
}

export interface ChangeFlags extends WaitFlags {
  readonly reason?: string;
}
