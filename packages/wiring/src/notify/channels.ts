import { type ChannelConfig, type Config, isSluiceError, resolveReferences, SluiceError } from "@sluice/core";
import { type Channel, createChannel, unavailableChannel } from "@sluice/notify";

type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenedChannels {
  readonly channels: readonly Channel[];
  /** Addresses, keys and passwords, to be masked everywhere. */
  readonly secrets: readonly string[];
  /** What keeps channels from being used now. */
  readonly problems: readonly ChannelProblem[];
}

export interface ChannelProblem {
  readonly channel: string;
  /** Variables that are not set or empty. */
  readonly missing: readonly string[];
  /** Where all are set: what is wrong with what they hold. */
  readonly wrong?: string | undefined;
}

interface Opened {
  readonly channel: Channel;
  readonly secrets: readonly string[];
  readonly problem?: ChannelProblem;
}

/**
 * The channels of a configuration, with what they need of the environment. One whose variables are missing, or hold no
 * address, is there all the same: what it should tell waits, and nobody is kept from going back by it.
 */
export function openChannels({ notify }: Config, env: Environment): OpenedChannels {
  const opened = Object.entries(notify.channels).map(([name, config]) => open(name, config, env));
  return {
    channels: opened.map(({ channel }) => channel),
    secrets: opened.flatMap(({ secrets }) => secrets),
    problems: opened.flatMap(({ problem }) => problem ?? []),
  };
}

function open(name: string, config: ChannelConfig, env: Environment): Opened {
  const { value, missing } = resolveReferences(config, env);
  if (missing.length > 0) {
    const channel = unavailableChannel(name, config.on, `${missing.join(", ")} not set`);
    return { channel, secrets: [], problem: { channel: name, missing } };
  }
  const secrets = secretsOf(value);
  try {
    return { channel: createChannel(name, value), secrets };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const channel = unavailableChannel(name, config.on, error.message);
    return { channel, secrets, problem: { channel: name, missing, wrong: error.message } };
  }
}

/** @throws SluiceError CONFIG_INVALID with every variable that is missing, and every address that is none */
export function assertAvailable({ problems }: OpenedChannels): void {
  if (problems.length === 0) return;
  throw new SluiceError("CONFIG_INVALID", problemText(problems), {
    hint: "set them where sluice runs (in GitHub Actions: env: of the step, from secrets), or take the channel out",
  });
}

/** Which channels lack which variables, and which have wrong ones, in words. Pure. */
export function problemText(problems: OpenedChannels["problems"]): string {
  const lacking = problems.filter(({ missing }) => missing.length > 0);
  const texts = lacking.map(({ channel, missing }) => `notify.channels.${channel} needs ${missing.join(", ")}`);
  const unset = lacking.length > 0 ? [`environment variables are not set or empty: ${texts.join("; ")}`] : [];
  return [...unset, ...problems.flatMap(({ wrong }) => wrong ?? [])].join("; ");
}

function secretsOf({ webhook, slack, teams, feishu, dingtalk, wecom, email }: ChannelConfig): readonly string[] {
  const urls = [webhook, slack, teams, feishu, dingtalk, wecom].map((settings) => settings?.url);
  const keys = [webhook?.secret, feishu?.secret, dingtalk?.secret, email?.password];
  return [...urls, ...keys].filter((value) => value !== undefined);
}
