import { type Diagnosis, when } from "@sluice/core";

/** A checkout, layers that are built, and logs of a run. */
const leastWorkBytes = 1_073_741_824;

/** GitHub's runner on this machine. */
export interface RunnerFacts {
  readonly directory: string;
  /** Whether it was registered with a repository or an organization (`config.sh`). */
  readonly isRegistered: boolean;
  /** As in its registration. */
  readonly place: string | null;
  /** Name of its systemd unit; `null` where it was never installed as a service. */
  readonly unit: string | null;
  /** `null` where nothing tells. */
  readonly isActive: boolean | null;
  readonly isEnabled: boolean | null;
  /** User that it belongs to; `null` where nothing tells. */
  readonly user: string | null;
  /** Whether that user may speak with the engine; `null` where nothing tells. */
  readonly canUseEngine: boolean | null;
  /** `null` where there is no `_work` yet. */
  readonly workFreeBytes: number | null;
}

/** Whose jobs are asked for. */
export interface RunnerUse {
  /** `owner/name`; `null` where nothing tells: then every runner may be meant. */
  readonly repository: string | null;
  /** This is a job of a runner of one's own: there is one that takes them, wherever it lies. */
  readonly isJob: boolean;
}

/** What is wrong with the runners that deploy here. Those of other repositories are others' business. Pure. */
export function runnerDiagnoses(
  runners: readonly RunnerFacts[],
  { repository, isJob }: RunnerUse,
): readonly Diagnosis[] {
  const own = runners.filter(({ isRegistered, place }) => isRegistered && takesJobsOf(place, repository));
  const isServed = isJob || own.length > 0;
  return [
    ...own.flatMap(registeredDiagnoses),
    ...runners.filter(({ isRegistered }) => !isRegistered).map((runner) => unregistered(runner, isServed)),
  ];
}

/** Whether jobs of a repository may come to a runner: it is registered with it, its owner or an enterprise. True where nothing tells. Pure. */
export function takesJobsOf(place: string | null, repository: string | null): boolean {
  if (place === null || repository === null || place.startsWith("enterprises/")) return true;
  const own = repository.toLowerCase();
  return place === own || place === own.split("/")[0];
}

function unregistered({ directory }: RunnerFacts, isServed: boolean): Diagnosis {
  const left = [
    "note",
    "another one takes the jobs: this may be what `config.sh remove` has left",
    `rm -r ${directory}, where nobody wants it any more`,
  ] as const;
  const only = [
    "error",
    "a published release waits for it and is never deployed",
    `cd ${directory} && ./config.sh --url https://github.com/OWNER/REPOSITORY --labels production`,
  ] as const;
  const [severity, why, mend] = isServed ? left : only;
  const what = `the runner in ${directory} is registered with no repository`;
  return { severity, code: "runner-unregistered", what, why, mend };
}

function registeredDiagnoses(runner: RunnerFacts): readonly Diagnosis[] {
  const { directory, unit, isActive, isEnabled, user, canUseEngine, workFreeBytes } = runner;
  const service = `cd ${directory} && sudo ./svc.sh`;
  return [
    ...when(unit === null, {
      severity: "warn",
      code: "runner-no-service",
      what: `the runner in ${directory} is no service`,
      why: "it ends with the terminal that it was started from, and is gone after a restart of the machine",
      mend: `${service} install && sudo ./svc.sh start`,
    }),
    ...when(isActive === false, {
      severity: "error",
      code: "runner-stopped",
      what: `the service ${unit ?? "of the runner"} does not run`,
      why: "a published release waits for it and is not deployed",
      mend: `${service} start; why it stopped: journalctl -u ${unit ?? "actions.runner.*"} -n 50`,
    }),
    ...when(isActive !== false && isEnabled === false, {
      severity: "warn",
      code: "runner-not-enabled",
      what: `the service ${unit ?? "of the runner"} is not started with the machine`,
      why: "after a restart of the machine releases wait until somebody notices",
      mend: `systemctl enable ${unit ?? "actions.runner.*"}`,
    }),
    ...when(canUseEngine === false, {
      severity: "error",
      code: "runner-no-engine",
      what: `${user ?? "the runner's user"} may not speak with the Docker engine`,
      why: "every deployment of the runner fails at its first step",
      mend: `usermod -aG docker ${user ?? "USER"}, then ${service} stop && sudo ./svc.sh start`,
    }),
    ...when(workFreeBytes !== null && workFreeBytes < leastWorkBytes, {
      severity: "error",
      code: "runner-work-disk-low",
      what: `the disk of ${directory}/_work has ${Math.floor((workFreeBytes ?? 0) / 1_048_576)} MiB free`,
      why: "a job fails at its checkout, before anything is deployed",
      mend: `du -sh ${directory}/_work/* shows what can go; docker builder prune`,
    }),
  ];
}
