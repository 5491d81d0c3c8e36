import type { Mark } from "./phases.ts";
import type { LoadProfile } from "./profile.ts";
import type { LoadResult } from "./result.ts";

/** From the bench to the load generator's process. */
export type LoadCommand =
  | { readonly type: "start"; readonly profile: LoadProfile }
  | { readonly type: "mark"; readonly mark: Mark }
  | { readonly type: "stop" };

/** And back. */
export type LoadReply = { readonly type: "started" } | { readonly type: "result"; readonly result: LoadResult };
