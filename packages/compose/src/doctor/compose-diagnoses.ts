import {
  type ComposeModel,
  type ComposeService,
  type Diagnosis,
  isSecretName,
  type ServiceFacts,
  when,
} from "@sluice/core";
import { knownToAll, type WrittenSecret } from "./written-secrets.ts";

/** Capabilities that are as good as root on the machine: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const rootLike = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "DAC_READ_SEARCH"]);

export interface ComposeSecurityFacts {
  readonly model: Pick<ComposeModel, "services">;
  readonly services: readonly Pick<ServiceFacts, "name" | "role">[];
  readonly writtenSecrets: readonly WrittenSecret[];
}

/** What the project's services may do to the machine, and who may reach them. Never tells a value. */
export function composeDiagnoses({ model, services, writtenSecrets }: ComposeSecurityFacts): readonly Diagnosis[] {
  const roles = new Map(services.map(({ name, role }) => [name, role]));
  return [
    ...Object.entries(model.services).flatMap(([name, service]) => serviceDiagnoses(name, service, roles.get(name))),
    ...writtenSecrets.map(
      ({ file, name, isDefault = false }): Diagnosis => ({
        severity: isDefault ? "warn" : "error",
        code: "secret-in-compose",
        what: `${file} holds ${isDefault ? "a default for" : "the value of"} ${name}`,
        why: isDefault
          ? "where the variable is not set, everybody who may read the repository has what is used"
          : "everybody who may read the repository has it",
        mend: `\${${name}:?} in ${file}${isDefault ? "" : ", with a new value as a secret of the repository"}`,
      }),
    ),
  ];
}

function serviceDiagnoses(
  name: string,
  service: ComposeService,
  role: ServiceFacts["role"] | undefined,
): readonly Diagnosis[] {
  const { volumes = [], ports = [], environment = {}, privileged, pid, network_mode: network, cap_add: caps } = service;
  const socket = volumes.find(({ source = "" }) => /(?:docker|containerd|podman)\.sock$/.test(source));
  const root = volumes.find(({ type, source, read_only: readOnly }) => type === "bind" && source === "/" && !readOnly);
  const added = (Array.isArray(caps) ? caps : []).map(String).filter((cap) => rootLike.has(cap.replace(/^CAP_/, "")));
  const open = ports.filter(
    ({ host_ip: ip = "", published }) => published !== undefined && !/^(?:127\.|::1$)/.test(ip),
  );
  const weak = Object.entries(environment).filter(([key, value]) => isSecretName(key) && knownToAll.test(value ?? ""));
  return [
    ...when(socket !== undefined, {
      severity: "warn",
      code: "socket-mounted",
      what: `${name} has the engine's socket (${socket?.source})`,
      why: "who breaks into that service is root on this machine; read-only makes no difference to an API",
      mend: `a socket proxy that lets only GET /containers and /events through, in front of ${name}`,
    }),
    ...when(privileged === true || added.length > 0, {
      severity: "warn",
      code: "service-privileged",
      what: `${name} is as good as root on this machine (${privileged === true ? "privileged" : added.join(", ")})`,
      why: "who breaks into that service has the machine, and all other services",
      mend: `only the capabilities that ${name} needs: cap_drop: [ALL], cap_add: […]`,
    }),
    ...when(pid === "host" || network === "host", {
      severity: "warn",
      code: "service-in-host",
      what: `${name} shares ${pid === "host" ? "the processes" : "the network"} of this machine`,
      why: "it reaches what listens only on 127.0.0.1, or signals and reads every process",
      mend: `networks and ports instead, in the compose file of ${name}`,
    }),
    ...when(root !== undefined, {
      severity: "warn",
      code: "root-mounted",
      what: `${name} may write to the whole file system of this machine`,
      why: "who breaks into that service has the machine",
      mend: `read_only: true for that volume of ${name}, or only the directories that it needs`,
    }),
    ...when(role === "data" && open.length > 0, {
      severity: "error",
      code: "data-published",
      what: `${name} is reachable from outside on port ${open.map(({ published }) => published).join(", ")}`,
      why: "a database in the open is tried by everybody; Docker's rules come before those of the firewall",
      mend: `remove ports of ${name}, or 127.0.0.1:${open[0]?.published ?? ""}:${open[0]?.target ?? ""}`,
    }),
    ...weak.map(
      ([key]): Diagnosis => ({
        severity: "error",
        code: "secret-known",
        what: `${key} of ${name} is a value that examples come with`,
        why: "it is the first that is tried",
        mend: `a new value for ${key}: openssl rand -base64 32, as a secret of the repository`,
      }),
    ),
  ];
}
