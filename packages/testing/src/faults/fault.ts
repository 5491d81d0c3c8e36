import type { CrashStage } from "./crash-stage.ts";

/** Something that goes wrong in the middle of a deployment. */
export interface Fault {
  readonly name: string;
  /** At the beginning of the first step of this kind. */
  readonly at: string;
  /** No release can go live with it: one that does shows that the fault was none. Default `false`. */
  readonly isFatal?: boolean;
  /** Before the deployment; gives the variables that it alone sees. */
  readonly arrange?: (stage: CrashStage) => Promise<Readonly<Record<string, string>>>;
  /** @param release the tag that is being deployed */
  readonly inject?: (stage: CrashStage, release: string) => Promise<void>;
  /** What a person would do about it before the next deployment. */
  readonly heal?: (stage: CrashStage) => Promise<void>;
}
