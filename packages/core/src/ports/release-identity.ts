import type { ComposeModel } from "../model/compose.ts";
import type { ModelChanges } from "../model/model-change.ts";
import type { ReleaseRequest } from "../model/release.ts";
import type { BundleFile } from "./bundle-store.ts";
import type { ResolvedProject } from "./stack-runtime.ts";

/** Hashes that give releases their identity, and what a bundle must hold. */
export interface ReleaseIdentity {
  /** Equal for the same commit and model; never equal for two dirty trees. */
  key(request: ReleaseRequest, modelHash: string): string;
  id(key: string, images: Readonly<Record<string, string>>): string;
  /** Files and directories of the checkout that the project's services mount. */
  files(project: ResolvedProject): readonly BundleFile[];
  /** Keyed hashes of environment values by `service.NAME`. */
  environment(model: ComposeModel): Readonly<Record<string, string>>;
  /** What a model changes against the one before it, without a secret. */
  changes(before: ComposeModel, after: ComposeModel): ModelChanges;
}
