import { SluiceError } from "@sluice/core";
import { formatInZone } from "@sluice/core/windows";
import type { WindowSuggestionView } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { formatSection, formatTable } from "../render/table.ts";
import { withDeployer } from "../with-deployer.ts";

/** `sluice window suggest`: hours with few users, as lines for `windows.open`, and what is not known. */
export async function windowSuggest(call: CommandCall<{ readonly hours?: number }>): Promise<number> {
  const { context, flags } = call;
  const { hours = 2 } = flags;
  if (hours < 1 || hours > 12) throw new SluiceError("USAGE", `--hours is ${hours}, and must be from 1 to 12`);
  return withDeployer(call, async (deployer) => {
    const view = await deployer.suggestWindows(hours);
    if (flags.json) writeJson(context, view);
    else context.stdout.write(suggestionText(view));
    return 0;
  });
}

function suggestionText(view: WindowSuggestionView): string {
  const { anytime, atWork, perMinute } = view;
  if (perMinute === null) return `${basisText(view)}nothing can be suggested yet\n${howToKnow}`;
  const table = (spans: WindowSuggestionView["anytime"]) =>
    formatTable(
      ["window", "requests a minute"],
      spans.map((span) => [span.text, span.perMinute.toFixed(1)]),
    );
  return [
    basisText(view),
    `on average ${perMinute.toFixed(1)} requests a minute\n`,
    formatSection("quietest", table(anytime)),
    formatSection("quietest while people are at work", table(atWork)),
    limitText(view),
    anytime[0] ? `next: windows: { open: ["${(atWork[0] ?? anytime[0]).text}"] } in sluice.yaml\n` : "",
  ].join("");
}

function basisText({ counts, since, until, timezone }: WindowSuggestionView): string {
  if (since === null || until === null) return "the doors have not been looked at yet\n";
  const at = (moment: string) => formatInZone(new Date(moment), timezone);
  return `${counts} looks at the doors, ${at(since)} to ${at(until)}\n`;
}

function limitText({ knownHours, ofHours }: WindowSuggestionView): string {
  if (ofHours === 24) return `less than half of a week is known: all days are taken as one\n${howToKnow}`;
  return knownHours < ofHours ? `${knownHours} of ${ofHours} hours of the week are known\n${howToKnow}` : "";
}

const howToKnow =
  "doors are counted whenever sluice verify or sluice traffic looks at them; verify-production.yml does every half hour\n";
