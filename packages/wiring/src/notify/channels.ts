import { type ChannelConfig, type Config, resolveReferences, SluiceError } from "@sluice/core";
import { type Channel, createChannel, unavailableChannel } from "@sluice/notify";

type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenedChannels {
  readonly channels: readonly Channel[];
  /** Addresses, keys and passwords, to be masked everywhere. */
  readonly secrets: readonly string[];
  /** What keeps a channel from being used now, by its name. */
  readonly problems: readonly { readonly channel: string; readonly missing: readonly string[] }[];
}

/**
 * The channels of a configuration, with what they need of the environment. One whose variables are missing is there all
 * the same: what it should tell waits.
 *
 * @throws SluiceError CONFIG_INVALID when an address is none
 */
export function openChannels({ notify }: Config, env: Environment): OpenedChannels {
  const opened = Object.entries(notify.channels).map(([name, config]) => {
    const { value, missing } = resolveReferences(config, env);
    if (missing.length === 0) return { name, missing, channel: createChannel(name, value), secrets: secretsOf(value) };
    const channel = unavailableChannel(name, config.on, `${missing.join(", ")} not set`);
    return { name, missing, channel, secrets: [] };
  });
  return {
    channels: opened.map(({ channel }) => channel),
    secrets: opened.flatMap(({ secrets }) => secrets),
    problems: opened.flatMap(({ name, missing }) => (missing.length > 0 ? [{ channel: name, missing }] : [])),
  };
}

/** @throws SluiceError CONFIG_INVALID with every variable that is missing */
export function assertAvailable({ problems }: OpenedChannels): void {
  if (problems.length === 0) return;
  throw new SluiceError("CONFIG_INVALID", problemText(problems), {
    hint: "set them where sluice runs (in GitHub Actions: env: of the step, from secrets), or take the channel out",
  });
}

/** Which channels lack which variables, in words. Pure. */
export function problemText(problems: OpenedChannels["problems"]): string {
  const texts = problems.map(({ channel, missing }) => `notify.channels.${channel} needs ${missing.join(", ")}`);
  return `environment variables are not set or empty: ${texts.join("; ")}`;
}

function secretsOf({ webhook, slack, teams, feishu, dingtalk, wecom, email }: ChannelConfig): readonly string[] {
  const urls = [webhook, slack, teams, feishu, dingtalk, wecom].map((settings) => settings?.url);
  const keys = [webhook?.secret, feishu?.secret, dingtalk?.secret, email?.password];
  return [...urls, ...keys].filter((value) => value !== undefined);
}
