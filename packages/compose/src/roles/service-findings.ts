import type { ComposeFileObject, ComposeModel, RoleDecision } from "@sluice/core";
import { isApplication } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { envFileValues } from "../model/env-file-values.ts";
import { isExternal, networkKeys } from "../model/networks.ts";
import { firstBlocker } from "./blockers.ts";
import type { RoleOverrides } from "./classify-services.ts";
import { externalNameDropped } from "./external-names.ts";
import type { FindingRule, ServiceFinding } from "./finding-rule.ts";
import { jobMacAddress, ownIdentity } from "./identity-rules.ts";
import { credentialsNotGiven, hookNotRun, notProvided } from "./left-undone.ts";
import { manyPorts } from "./many-ports.ts";
import { portWithoutDoor } from "./port-without-door.ts";
import { protocolUnsure } from "./protocol-unsure.ts";
import { proxyVariableDropped } from "./proxy-variables.ts";
import { runByHand } from "./run-by-hand.ts";
import { schedulesTwice } from "./schedules-twice.ts";
import { hasHealthcheck } from "./service-facts.ts";
import { keptMounts, mountText } from "./service-shape.ts";
import { jobShares, labelsForOne, sharesWithSlot } from "./sharing-rules.ts";
import { unknownProxy } from "./unknown-proxy.ts";

/** What the services make impossible or doubtful for a deployment without a gap. Pure. */
export function serviceFindings(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  overrides: RoleOverrides = {},
  active: ReadonlySet<string> = new Set(Object.keys(model.services)),
): readonly ServiceFinding[] {
  const shown = decisions.filter(({ service }) => active.has(service));
  return shown.flatMap((decision) => findingsOf(model, decision, overrides[decision.service] ?? {}, shown));
}

function findingsOf(
  model: ComposeModel,
  decision: RoleDecision,
  override: NonNullable<RoleOverrides[string]>,
  decisions: readonly RoleDecision[],
): readonly ServiceFinding[] {
  const { role, service } = decision;
  const ofApplications = [
    impossible,
    unpublished,
    protocolUnsure,
    portWithoutDoor,
    manyPorts,
    stopFirst,
    withoutHealthcheck,
    named,
    ownIdentity,
    externalNameDropped,
    proxyVariableDropped,
    schedulesTwice,
    unknownProxy,
    secretsOfShell,
  ];
  const ofAll = [
    driveLetter,
    readOnlyWithoutFile,
    sharesWithSlot,
    jobShares,
    labelsForOne,
    unsure,
    jobBeforeItsNeeds,
    besideJob,
    jobMacAddress,
    hookNotRun,
    notProvided,
    credentialsNotGiven,
  ];
  return [...ofAll, ...(isApplication(role) ? ofApplications : [])].flatMap((find) => {
    const finding = find(model, decision, override, decisions);
    return finding ? [{ ...finding, service, path: ["services", service, ...finding.path] }] : [];
  });
}

/** The engine would say so too, but only when containers are already being made. */
const driveLetter: FindingRule = (model, { service }) => {
  const { volumes = [] } = model.services[service] ?? {};
  const index = volumes.findIndex(({ source, target }) => source === undefined && /^[a-z]:[\\/]/i.test(target));
  const [letter = ""] = volumes[index]?.target ?? "";
  return (
    index >= 0 && {
      severity: "error",
      code: "volume-taken-for-drive",
      message: `${service} mounts ${volumes[index]?.target}: Compose takes a volume of one letter for a drive of Windows`,
      hint: `give volume ${letter} a longer name, or write the mount as {type: volume, source: ${letter}, target: …}`,
      path: ["volumes", index],
    }
  );
};

/** Its dependency is there when users are to reach the release, or later. */
const jobBeforeItsNeeds: FindingRule = (model, { service, role }, _override, decisions) => {
  const needed = dependenciesOf(model, service, decisions).find(
    ({ decision }) => isApplication(decision.role) || decision.role === "edge",
  )?.decision.service;
  return (
    role === "job" &&
    needed !== undefined && {
      severity: "warn",
      code: "job-before-its-needs",
      message: `job ${service} waits for ${needed}, and runs before it: a first deployment has none yet, a later one that of the version before`,
      hint: `leave ${needed} out of its depends_on if it can do without, or set services.${service}.role: tool in sluice.yaml and run it after a deployment: ${runByHand(model, service)}`,
      path: ["depends_on", needed],
    }
  );
};

/** A job is not there while others start: it has ended, or has not begun. */
const besideJob: FindingRule = (model, { service, role }, _override, decisions) => {
  const job = dependenciesOf(model, service, decisions).find(
    ({ condition, decision }) => condition === "service_healthy" && decision.role === "job",
  )?.decision.service;
  return (
    (role === "data" || role === "support") &&
    job !== undefined && {
      severity: "warn",
      code: "waits-beside-job",
      message: `${service} waits until job ${job} is healthy, and ${job} runs after ${service} was made: in a first deployment ${service} may not become ready`,
      hint: `let a job of its own make what ${service} needs, and wait for that with condition: service_completed_successfully: it then runs before ${service}`,
      path: ["depends_on", job],
    }
  );
};

function dependenciesOf(model: ComposeModel, service: string, decisions: readonly RoleDecision[]) {
  return Object.entries(model.services[service]?.depends_on ?? {}).flatMap(([name, { condition }]) => {
    const decision = decisions.find((one) => one.service === name);
    return decision ? [{ condition, decision }] : [];
  });
}

const impossible: FindingRule = (model, { service }, override) => {
  const blocker = firstBlocker(model.services[service] ?? {}, model);
  if (!blocker || override.strategy === "recreate") return undefined;
  return {
    severity: "error",
    code: "cannot-be-two",
    message: `${service} cannot run twice side by side: ${blocker.reason}`,
    hint: `set services.${service}.strategy: recreate in sluice.yaml to have it replaced stop-first (a gap at each deployment), or ${blocker.instead ?? "remove it"}`,
    path: blocker.path,
  };
};

/** The engine says nothing of it: plain Compose starts such a service, and its ports are on no host. */
const unpublished: FindingRule = (model, { service, role, strategy }) => {
  const { ports = [], ...rest } = model.services[service] ?? {};
  const keys = networkKeys(rest);
  const isInternal = (key: string) => model.networks?.[key]?.internal === true && !isExternal(model, key);
  if (role !== "web" || strategy !== "slots" || ports.length === 0 || keys.length === 0) return undefined;
  return (
    keys.every(isInternal) && {
      severity: "error",
      code: "published-on-internal",
      message: `port ${ports[0]?.target} of ${service} cannot be published: ${service} is on internal networks alone (${keys.join(", ")}), and the engine publishes none there`,
      hint: `put ${service} on a network that is not internal, too; or remove its ports, if a proxy of the project is its way in`,
      path: ["ports", 0],
    }
  );
};

const unsure: FindingRule = (_model, { service, role, confidence, reason }) =>
  confidence === "ask" && {
    severity: "warn",
    code: "role-unsure",
    message: `it is not clear what ${service} is (taken for ${role}): ${reason}`,
    hint: `set services.${service}.role in sluice.yaml, and port for a web service; until then ${untilThen(role)}`,
    path: [],
  };

function untilThen(role: RoleDecision["role"]): string {
  if (role === "job") return "it runs once in each deployment";
  return isApplication(role) ? "it is replaced stop-first" : "it is changed only when its configuration changes";
}

const stopFirst: FindingRule = (model, { service, strategy }, override) => {
  const { volumes = [], ...rest } = model.services[service] ?? {};
  const [mount] = keptMounts({ volumes });
  if (strategy !== "recreate" || override.strategy || !mount || firstBlocker(rest, model)) return undefined;
  return {
    severity: "warn",
    code: "replaced-stop-first",
    message: `${service} writes to ${mountText(mount, model)}: it is replaced stop-first, with a gap at each deployment`,
    hint:
      mount.type === "volume"
        ? `set services.${service}.sharedVolumes: true if two versions may write there at once (uploads, media)`
        : `mount it read-only (:ro) if it is configuration, or set services.${service}.sharedVolumes: true`,
    path: ["volumes", volumes.indexOf(mount)],
  };
};

const withoutHealthcheck: FindingRule = (model, { service, role, strategy }, override) =>
  role === "web" &&
  strategy === "slots" &&
  !override.health &&
  !hasHealthcheck(model.services[service] ?? {}) && {
    severity: "warn",
    code: "no-health-check",
    message: `${service} has no health check in the compose file: it counts as ready when its port answers`,
    hint: `add a healthcheck, or set services.${service}.health.path in sluice.yaml`,
    path: [],
  };

const named: FindingRule = (model, { service, strategy }) => {
  const name = model.services[service]?.container_name;
  return (
    strategy === "slots" &&
    name !== undefined && {
      severity: "info",
      code: "container-name-dropped",
      message: `the containers of ${service} will not be named ${name}: there can be two`,
      hint: `other containers still reach it as ${name}; for a shell in it use \`docker compose -p ${model.name}-SLOT exec ${service}\``,
      path: ["container_name"],
    }
  );
};

const secretsOfShell: FindingRule = (model, { service }) => {
  const kept = envFileValues(model);
  const isOfShell = ({ environment }: ComposeFileObject) =>
    environment !== undefined && !(unescapeDollars(environment) in kept);
  const use = useOf(model, service, isOfShell);
  return (
    use && {
      severity: "info",
      code: "secret-from-environment",
      message: `${use.title} is a variable of the deployer's environment: no release keeps it`,
      hint: `it must be set for every deployment and rollback; a ${use.noun} with file:, or one that .env sets, is kept with the release`,
      path: use.path,
    }
  );
};

/** Compose would say so too, but only when containers are already being made. */
const readOnlyWithoutFile: FindingRule = (model, { service, role }) => {
  if (role === "tool" || model.services[service]?.["read_only"] !== true) return undefined;
  const use = useOf(model, service, ({ environment, content }) => environment !== undefined || content !== undefined);
  return (
    use && {
      severity: "error",
      code: "read-only-without-file",
      message: `${use.title} cannot be put into its containers: they are read_only`,
      hint: `give the ${use.noun} file:, which is mounted, or take read_only away`,
      path: use.path,
    }
  );
};

function useOf(model: ComposeModel, service: string, isMeant: (object: ComposeFileObject) => boolean) {
  for (const [kind, noun] of [["secrets", "secret"] as const, ["configs", "config"] as const]) {
    const uses = model.services[service]?.[kind] ?? [];
    const index = uses.findIndex(({ source }) => isMeant(model[kind]?.[source] ?? {}));
    if (index >= 0) return { noun, title: `${noun} ${uses[index]?.source} of ${service}`, path: [kind, index] };
  }
  return undefined;
}
