import type { GithubUse } from "./github-rights.ts";
import type { JobMinutes } from "./job-minutes.ts";

/** One variable of the environment of a workflow's commands. */
export interface WorkflowVariable {
  readonly name: string;
  /** As it stands in a workflow: `production`, or `${{ secrets.SECRET_KEY }}`. */
  readonly value: string;
}

/** A variable of an existing workflow that the workflows which are written do not have, or not all of them, as it stands there. */
export interface AlteredVariable extends WorkflowVariable {
  /** Of the existing workflow. */
  readonly path: string;
  /** Its value in the workflow that a published release starts; `null` where it is not taken over. */
  readonly inDeployment: string | null;
  /** Its value in the other workflows; `null` where it is not taken over. */
  readonly inOthers: string | null;
}

/** A migration that was a step of a workflow: a command in a one-off container of a service. */
export interface MigrationStep {
  readonly service: string;
  /** As a compose file has it: quoted as for a shell, and `$$` for each `$` that is for the container; `""` where the entrypoint is all. */
  readonly command: string;
  /** What the command line says otherwise than the service, in the words of a compose file. */
  readonly settings?:
    | {
        readonly environment?: readonly string[];
        readonly user?: string;
        readonly working_dir?: string;
        readonly entrypoint?: string;
      }
    | undefined;
}

/** A migration that becomes a service. */
export interface MigrationService extends MigrationStep {
  /** Compose files that say something of the service, relative to the directory of the first of all, the last wins. Never empty. */
  readonly files: readonly string[];
}

/** Where workflows deploy to. */
export interface WorkflowEnvironment {
  /** As after `--env`; `production` unless another is named. It names files, groups, labels and secrets. */
  readonly name: string;
  /** The configuration has settings for it: every command is to use them. */
  readonly isConfigured: boolean;
  /** Environment on GitHub, whose required reviewers are asked before a deployment. */
  readonly onGithub: string;
  readonly takesPrereleases: boolean;
}

/** When a workflow starts by itself. */
export interface WorkflowSchedule {
  /** Five fields. */
  readonly cron: string;
  /** IANA name of the zone that it is meant in; `null` for UTC. */
  readonly timezone: string | null;
}

/** When each of those that start by themselves does. */
export interface WorkflowSchedules {
  readonly backup: WorkflowSchedule;
  /** A restore of what lies in the store. */
  readonly drill: WorkflowSchedule;
  readonly verify: WorkflowSchedule;
}

/** What workflows of a project are made from. */
export interface WorkflowFacts {
  /** Compose files, relative to the checkout, the last wins. Never empty: without a list Compose takes overrides for development too. */
  readonly files: readonly string[];
  readonly variables: readonly WorkflowVariable[];
  /** Of the workflow that a published release starts, beside the others or in the place of those with the same name. */
  readonly releaseVariables: readonly WorkflowVariable[];
  /** `null` where the project migrates by a service of its own, or not at all. */
  readonly migration: MigrationService | null;
  /** Labels of the runner. */
  readonly runsOn: readonly string[];
  /** A database is configured: there is something to back up. */
  readonly hasDatabase: boolean;
  readonly schedules: WorkflowSchedules;
  readonly minutes: JobMinutes;
  /** The checkout names submodules, which a runner is to check out, too. */
  readonly hasSubmodules: boolean;
  /** Further inputs of the step that checks the project out. Default: none. */
  readonly checkoutInputs?: readonly WorkflowVariable[] | undefined;
  readonly environment: WorkflowEnvironment;
  /** What Sluice does on GitHub: it decides what the token of a run may do. */
  readonly github: GithubUse;
}

/** A file to be written, relative to the checkout. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}
