import { join } from "node:path";
import { type ComposeRuntime, createComposeResolver, createComposeRuntime } from "@sluice/compose";
import {
  assertStackName,
  type Clock,
  type Config,
  createEvent,
  discardEvents,
  type Finding,
  type Redact,
  type ResolvedProject,
  type TrafficRouter,
} from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import type { EnginePorts, StackFacts } from "@sluice/engine";
import { discardUnusedHome, makeRoom, openStateHome, type StateHome } from "@sluice/journal";
import { createCaddyRouter, createHaproxyRouter } from "@sluice/traffic";
import { createPorts } from "./create-ports.ts";
import type { DeployerOptions } from "./deployer.ts";
import { currentAnchor } from "./github/anchors.ts";
import { githubChannels } from "./github/github-channels.ts";
import { type OpenedGithub, openUsableGithub } from "./github/open-github.ts";
import { createHomeClaim } from "./home/claim-home.ts";
import { createFileMemo } from "./home/file-memo.ts";
import { createStopNotes } from "./home/stop-notes.ts";
import { type OpenedChannels, openChannels } from "./notify/channels.ts";
import { createLastWord, type LastWord } from "./notify/last-word.ts";
import { type Once, once } from "./once.ts";
import { checkSecrets } from "./project/check-secrets.ts";
import { isOfCheckout, type KnownProject, knownProject } from "./project/known-project.ts";
import { loadConfig } from "./project/load-config.ts";
import { stateHomeOf } from "./project/locations.ts";
import { resolveProject } from "./project/resolve-project.ts";
import { nameWithoutProject } from "./project/stack-name.ts";
import { createRedaction } from "./record/redaction.ts";

/** Everything that is constructed for one stack, each part only when it is first needed. */
export interface Session extends AsyncDisposable {
  readonly options: DeployerOptions;
  /** Given, or what Compose calls the project. Whoever needs the project too asks for that first, with its signal. */
  stack(): Promise<string>;
  config(): Promise<Config>;
  project(signal?: AbortSignal): Promise<ResolvedProject>;
  /** For what needs no checkout: where that cannot be resolved, what is stored stands in. */
  known(signal?: AbortSignal): Promise<KnownProject>;
  home(): Promise<StateHome>;
  facts(): Promise<StackFacts>;
  ports(): Promise<EnginePorts>;
  runtime(): ComposeRuntime;
  /** Where people are told; what is secret of it is masked from then on. */
  channels(signal?: AbortSignal): Promise<OpenedChannels>;
  /** The repository on GitHub, where there is a token for it, which is masked from then on. */
  github(signal?: AbortSignal): Promise<OpenedGithub | null>;
  readonly clock: Clock;
  readonly redact: Redact;
  /** Between the engine and `onEvent`. */
  readonly lastWord: LastWord;
}

/**
 * Nothing is read, made or opened before it is asked for. Disposing ends the connections to the engine, and takes a state home away again
 * that this session made and no stack was tied to.
 *
 * @throws SluiceError from each part: CONFIG_INVALID, COMPOSE_INVALID, NAME_INVALID, HOME_UNUSABLE
 */
export function createSession(options: DeployerOptions): Session {
  const clock = systemClock;
  const redaction = createRedaction(options.onEvent ?? discardEvents);
  const lastWord = createLastWord(redaction.sink);
  const ending = new AbortController();
  let warmUp: Promise<void> | undefined;
  const claim = once(() => createHomeClaim(runtime()));
  const config = once(async () => {
    const loaded = await loadConfig(options);
    redaction.add(checkSecrets(loaded, options.env));
    return loaded;
  });
  const resolver = once(() => createComposeResolver({ env: options.env }));
  const project = once(async (signal?: AbortSignal): Promise<ResolvedProject> => {
    const resolving = resolveProject(resolver(), options, config(), signal);
    // Compose works on it in a process of its own meanwhile.
    if (options.stack !== undefined) warmUp ??= runtime().warmUp(options.stack, ending.signal);
    const resolved = await resolving;
    redaction.add(resolved.secrets);
    return resolved;
  });
  const known = once((signal?: AbortSignal) => knownProject(session, signal));
  const nameOfProject = once(() =>
    project().then(
      (resolved) => resolved.stack,
      (error: unknown) => {
        if (!isOfCheckout(error)) throw error;
        return nameWithoutProject(options, resolver(), clock, error);
      },
    ),
  );
  const stack = async () => options.stack ?? assertStackName(await nameOfProject());
  const home = once(async () => {
    const name = await stack();
    return openStateHome(stateHomeOf(options, name), { clock, stack: name });
  });
  const router: Once<Promise<TrafficRouter & AsyncDisposable>, []> = once(async () => {
    const { driver } = (await config()).traffic;
    const create = { haproxy: createHaproxyRouter, caddy: createCaddyRouter }[driver];
    const makeRoomAtHome = async () => home.made && makeRoom(await home());
    return create({ exec: runtime().exec, clock, makeRoom: makeRoomAtHome });
  });
  const runtime: Once<ComposeRuntime, []> = once(() =>
    createComposeRuntime({
      env: options.env,
      clock,
      redact: redaction.redact,
      config,
      readRouting: async (door, signal) => (await router()).routing(door, signal),
      readUnderWay: async (door, signal) => (await router()).underWay(door, signal),
      previewSecret: async () => (await home()).previewSecret,
      memo: createFileMemo(async () => join((await home()).path, "cache")),
      stopNotes: createStopNotes(async () => join((await home()).path, "stops")),
      readRelease: async (id) => (await ports()).bundles.load(id),
    }),
  );
  const facts = once(async (): Promise<StackFacts> => {
    const state = await home();
    redaction.add([state.previewSecret]);
    return { stack: await stack(), homeId: state.id, previewSecret: state.previewSecret, config: await config() };
  });
  const ports = once(async (): Promise<EnginePorts> => {
    await facts();
    return createPorts(session, { redaction, router: await router(), claim: claim() });
  });
  const channels = once(async (signal?: AbortSignal): Promise<OpenedChannels> => {
    const opened = openChannels(await config(), options.env);
    redaction.add(opened.secrets);
    const hub = await github(signal);
    return hub
      ? { ...opened, channels: [...opened.channels, ...githubChannels(session, await config(), hub)] }
      : opened;
  });
  const github = once(async (signal?: AbortSignal): Promise<OpenedGithub | null> => {
    const say = (finding: Finding) => lastWord.sink(createEvent(clock.now(), { type: "finding", finding }));
    const { env, environment, directory } = options;
    const surroundings = { env, environment, directory, clock, anchor: () => currentAnchor(session) };
    const opened = await openUsableGithub(await config(), surroundings, say, signal);
    if (opened) redaction.add([opened.token]);
    return opened;
  });
  const session: Session = {
    options,
    stack,
    config,
    project,
    known,
    home,
    facts,
    ports,
    runtime,
    channels,
    github,
    clock,
    redact: redaction.redact,
    lastWord,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await warmUp;
      if (router.made) await (await router())[Symbol.asyncDispose]();
      if (runtime.made) await runtime()[Symbol.asyncDispose]();
      if (!home.made) return;
      await using opened = await home();
      if (!claim.made || !claim().isMade) await discardUnusedHome(opened).catch(() => undefined);
    },
  };
  return session;
}
