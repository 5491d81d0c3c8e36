import { type Config, isShare, parseDuration, parseSince, SluiceError, sinceForms } from "@sluice/core";

/** Milliseconds of `--wait 1m30s`. @throws SluiceError USAGE */
export function parseDurationFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new SluiceError("USAGE", `${flag} ${text} is not a duration`, { hint: "write it as 30s, 10m or 1m30s" });
}

/** `--since deploy`, or what `parseSince` reads. @throws SluiceError USAGE */
export function assertSince(text: string | undefined, now: Date): void {
  if (text === undefined || text === "deploy" || parseSince(text, now) !== undefined) return;
  throw new SluiceError("USAGE", `--since ${text} is no time`, {
    hint: `write ${sinceForms}, or deploy for the last deployment`,
  });
}

/** `5:30s,50:1m,100`: shares in percent, each with how long it is watched; or `auto`. @throws SluiceError USAGE */
export function parseSteps(text: string | undefined): Config["rollout"]["steps"] | undefined {
  if (text === undefined || text === "auto") return text;
  const steps = text.split(",").map((written) => {
    const [share = "", hold = "0s", ...more] = written.trim().split(":");
    const ms = parseDuration(hold);
    if (!/^\d+(\.\d+)?$/.test(share) || !isShare(Number(share)) || ms === undefined || more.length > 0) {
      throw wrong(text, `${JSON.stringify(written)} is not a share such as 5, 0.25 or 5:30s`);
    }
    return { share: Number(share), for: ms, approval: false };
  });
  const grows = steps.every(({ share }, index) => index === 0 || share > (steps[index - 1]?.share ?? 0));
  if (grows && steps.at(-1)?.share === 100) return steps;
  throw wrong(text, "the shares must only grow and end with 100");
}

/** The reason of `--override`. @throws SluiceError USAGE when it says nothing */
export function parseOverride(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() !== "") return text;
  throw new SluiceError("USAGE", "--override needs a reason", { hint: 'such as --override "orders fail since noon"' });
}

function wrong(text: string, why: string): SluiceError {
  return new SluiceError("USAGE", `--steps ${text} cannot be used: ${why}`, {
    hint: "such as --steps 5:30s,50:1m,100, or --steps auto",
  });
}
