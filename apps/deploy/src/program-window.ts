import type { Command } from "commander";
import { addChangeOptions, addCommonOptions, toCount } from "./common-options.ts";
import type { Verb } from "./verb.ts";

/** `sluice window`, when there are few users, and telling people ahead. */
export function addWindowCommands(program: Command, verb: Verb): void {
  const state = async () => (await import("./commands/window.ts")).window;
  const window = verb(program, "window", "whether deployments may begin now, and when that changes", state);
  addCommonOptions(window);
  verb(
    window,
    "suggest",
    "hours with few users, by what the doors counted",
    async () => (await import("./commands/window-suggest.ts")).windowSuggest,
  ).option("--hours <count>", "how long a window is to be, 1 to 12 (default: 2)", toCount);
  addChangeOptions(
    verb(
      program,
      "announce",
      "tell people ahead when a release is going to be deployed",
      async () => (await import("./commands/announce.ts")).announce,
    )
      .option("--release <tag>", "release that is planned (default: the event's in GitHub Actions, else git describe)")
      .option(
        "--at <time>",
        "when, such as 2030-06-04T09:00, in the time zone of the windows (default: when they open next)",
      )
      .option("--override <reason>", "announce it although the window is closed then; the reason is recorded"),
  ).helpGroup("Deployments:");
}
