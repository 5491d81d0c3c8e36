import type { Agent } from "node:http";
import type { CallOptions, Clock, Redact } from "@sluice/core";
import type DockerModem from "docker-modem";
import type Docker from "dockerode";
import type { Memo } from "../compose-cli/memo.ts";
import { createOutputAgent, createSshAgent, createTcpAgent, createUnixAgent, endIdle } from "./agents.ts";
import { type Endpoint, type Environment, resolveEndpoint } from "./endpoint.ts";
import { engineError } from "./errors.ts";
import type { StopNotes } from "./stop-notes.ts";

/** One Docker engine: the API, and what runs `docker compose` against the same engine. */
export interface Engine {
  readonly env: Environment;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly memo: Memo | undefined;
  readonly stopNotes: StopNotes | undefined;
  endpoint(): Promise<Endpoint>;
  docker(): Promise<Docker>;
  /** The same engine, for connections that much output comes over. */
  dockerForOutput(): Promise<Docker>;
  /** Stops that this process asked for and that the engine has not done yet, by id of the container; they never reject. */
  readonly stops: Map<string, Promise<unknown>>;
  /** Runs a call; what fails becomes a `SluiceError` that begins with `what`. */
  call<T>(what: string, run: (docker: Docker) => Promise<T>): Promise<T>;
  /** Connections that are idle end now, and from now on each that becomes it. What is under way, or is asked later, is answered all the same. */
  close(): void;
}

export interface EngineOptions {
  /** The environment that Docker and Compose see: `DOCKER_HOST`, `DOCKER_CONTEXT`, `PATH`, `HOME`, … */
  readonly env: Environment;
  readonly clock: Clock;
  readonly redact?: Redact | undefined;
  readonly memo?: Memo | undefined;
  readonly stopNotes?: StopNotes | undefined;
}

export function createEngine({ env, clock, redact = (text) => text, memo, stopNotes }: EngineOptions): Engine {
  let endpoint: Promise<Endpoint> | undefined;
  let docker: Promise<Docker> | undefined;
  let output: Promise<Docker> | undefined;
  const agents = new Set<Agent>();
  let isClosed = false;
  const dockerWith = (agent: Agent) => {
    agents.add(agent);
    if (isClosed) endIdle(agent);
    return dockerOver(agent);
  };
  const engine: Engine = {
    env,
    clock,
    redact,
    memo,
    stopNotes,
    stops: new Map(),
    endpoint: () => (endpoint ??= resolveEndpoint(env)),
    docker: () => (docker ??= engine.endpoint().then((found) => dockerWith(agentOf(found, env)))),
    dockerForOutput: () =>
      (output ??= engine
        .endpoint()
        .then((found) => (found.kind === "unix" ? dockerWith(createOutputAgent(found)) : engine.docker()))),
    async call(what, run) {
      try {
        return await run(await engine.docker());
      } catch (error) {
        throw engineError(error, what);
      }
    },
    close() {
      isClosed = true;
      for (const agent of agents) endIdle(agent);
    },
  };
  return engine;
}

function agentOf(endpoint: Endpoint, env: Environment): Agent {
  switch (endpoint.kind) {
    case "unix":
      return createUnixAgent(endpoint);
    case "ssh":
      return createSshAgent(endpoint, env);
    case "tcp":
      return createTcpAgent(endpoint);
  }
}

/** The libraries cost 140 ms to load: only what talks to an engine pays for them. */
async function dockerOver(agent: Agent): Promise<Docker> {
  const [{ default: Dockerode }, { default: Modem }] = await Promise.all([import("dockerode"), import("docker-modem")]);
  return new Dockerode({ modem: modemOver(agent, Modem.prototype) } as Docker.DockerOptions);
}

/**
 * What the library would construct, but for its constructor: where the process's own environment names an engine, that reads its
 * address and certificates, also when it is given others, and fails where there are none. The agent makes the connections and
 * asks for no path; of a host the library would parse an address each time.
 */
function modemOver(agent: Agent, methods: DockerModem): DockerModem {
  const fields = { protocol: "http", socketPath: "by-agent", agent, headers: {} };
  return Object.assign(Object.create(methods) as DockerModem, fields);
}

/** For spreading into the options of an API call. */
export function withSignal(signal: CallOptions["signal"]): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
