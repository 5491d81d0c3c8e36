import type { Diagnosis, Examiner, Verdict } from "@sluice/core";
import type { Session } from "../session.ts";
import { probeDependencies } from "../watch/verify.ts";

/** What the application needs of others, asked from inside the containers that serve: the checks `reachable`. */
export function dependencyExaminer(session: Session): Examiner {
  return {
    name: "dependencies",
    examine: async (signal) => dependencyDiagnoses(await probeDependencies(session, signal)),
  };
}

/** Pure. */
export function dependencyDiagnoses(
  asked: readonly { readonly service: string; readonly verdict: Verdict }[],
): readonly Diagnosis[] {
  return asked.flatMap(({ service, verdict: { result, value, detail } }): readonly Diagnosis[] => {
    if (result === "pass") return [];
    const how = detail?.trim().split("\n").at(-1);
    return [
      {
        severity: result === "fail" ? "error" : "warn",
        code: result === "fail" ? "dependency-unreachable" : "dependency-unknown",
        what: `${service}: ${value}${how ? ` (${how})` : ""}`,
        why: "what the application needs of it fails for users, and the next release cannot pass its checks",
        mend: "is it up, is its name known, does a firewall let containers through? sluice verify asks again",
      },
    ];
  });
}
