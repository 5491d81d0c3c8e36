/**
 * Words in names and commands that tell what a service does. A word must stand alone: `worker-class` is no worker. It is
 * all that the pattern captures, and nothing that a project is free to write: see `wordIn`.
 *
 * @param beginnings words that may go on, whatever follows
 */
function word(alone: string, beginnings: string): RegExp {
  const before = `(?:^|[\\s/"'=;&|(.])(?:run-|start-|start_|bin/|\\w*(?=worker))?`;
  return new RegExp(`${before}(?:(${alone})(?=$|[\\s."';&|)])|(${beginnings}))`, "i");
}

/** The word of a pattern that a command has. Its other words may be secrets, and this one is written into files. */
export function wordIn(command: string, pattern: RegExp): string {
  const [, ...captured] = pattern.exec(command) ?? [];
  return (captured.find((text) => text !== undefined) ?? "").replaceAll(/\s+/g, " ");
}

export const jobName =
  /(?:^|[-_.])(?:migrat\w*|migrations?|init(?:db|data|container|iali[sz]\w+)?|setup|set-up|seed(?:er|s)?|provision\w*|schema(?=$)|bootstrap\w*|configurator|configure|install(?:er)?|create-?\w*|makemigrations|mkbucket|createbuckets?|loaddata|fixtures?|prestart|pre-start|wait-?for-?\w*)(?:$|[-_.])/i;

/** Of a job that provisions, or of a service that does so whenever it is asked. */
export const provisionerName = /(?:^|[-_.])provisioner$/i;

export const jobCommand = word(
  "migrate|migrations?|db:prepare|db:setup|db:seed|db:push|upgradedb|db-migrate|alembic\\s+upgrade|makemigrations|migrations:migrate|collectstatic|ef\\s+database\\s+update|loaddata|createsuperuser|db\\s+(?:seed|push)",
  "db:migrate|(?:migrate|migration|doctrine)(?=:\\S)",
);

/** Between the commands of a shell. A line that goes on after a backslash, or indented, is one. */
const chained = /&&|;|\|\||\s&\s|(?<!\\)\n(?!\s)/;
const shell = /^(?:\S*\/)?(?:ba|a)?sh\s+-\w*c\s+/;
const trivial = /^(?:exit(?:\s+\d+)?|true|:|done|fi|echo\b.*|sleep\s+\d+\w?|touch\b.*)?$/;

/** What a command does last, but for what ends at once: a service that goes on says so there. */
function lastPart(command: string): string {
  const parts = command.replace(shell, "").split(chained);
  const cleaned = parts.map((part) => part.trim().replaceAll(/^["'({\s]+|["')}\s]+$/g, ""));
  return cleaned.findLast((part) => !trivial.test(part)) ?? "";
}

/** A script whose name says that it fills or prepares something. */
const jobScript = /(?:^|[\s/:])(?:seed\w*|(?:init|initial|setup|populate|create|load)[-_]\w+)(?:\.\w+)?$/i;

/** The last thing that a command does is a migration or set-up. */
export function endsWithJob(command: string): boolean {
  const last = lastPart(command);
  return jobCommand.test(last) || jobScript.test(last);
}

/** Programs that come with a server, do what they are told and end. */
const clientProgram =
  /^(?:(?:do|then|exec)\s+)?(?:\S*\/)?(?:psql|pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|mongosh|redis-cli|mc|rabbitmqadmin|kafka-topics(?:\.sh)?|cub)\b/;

/** The client, or a script of it, in the image of a server. */
export function endsWithClient(command: string): boolean {
  return clientProgram.test(lastPart(command));
}

/** Copies and dumps, again and again or by the clock, in the image of a server. */
export const repeatedClient =
  /^(?:\S*sh\s+-\w*c\s+)?['"]?(?:\S*\/)?(?:crond?|pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump)\b|while\b.*\b(?:pg_dump|mysqldump|mariadb-dump|mongodump)\b|\b\S*backup\S*\.sh\b/;

/** Stand-ins for stores in the cloud, as their vendors' command lines start them. */
export const emulatorCommand =
  /\bgcloud\s.*?\b(emulators\s+(?:bigtable|datastore|firestore|pubsub|spanner)\s+start)\b|\bfirebase\s.*?\b(emulators:start)\b/s;

/** A shell or a client, and no server that it starts. */
export const scriptCommand =
  /^(?!.*(?<![-\w])(?:(?:redis|valkey|keydb|rabbitmq|clickhouse|kafka)-server|mysqld|mariadbd|mongod)\b).*\b(?:(?:ba|a)?sh|psql|mysql|mongosh?|redis-cli|cqlsh|mc|rpk|curl|wget|rabbitmqadmin|kafka-topics)\b/s;

export const toolName =
  /(?:^|[-_.])(?:tools?|toolbox|admin-?tools|cli|shell|test(?:s|er)?|e2e|playwright|cypress|lint(?:er)?|storybook|watch|webpack|vite|tailwind|esbuild|assets|compile(?:r)?|builder|base|dev|devcontainer)$/i;

/** Tools that write what others serve. */
export const builderName = /(?:^|[-_.])(?:assets|compile(?:r)?|builder|webpack|vite|tailwind|esbuild)$/i;

/** Of a tool that builds again, or of a worker that waits for something. */
export const watcherName = /(?:^|[-_.])watcher$/i;

/** A container that only waits for someone to look in. */
export const idleCommand = /^(?:\S*sh\s+-c\s+)?["']?(sleep\s+(?:infinity|inf)|tail\s+-[fF]\s+\/dev\/null)["']?\s*$/;

export const buildCommand = /\b((?:yarn|npm|pnpm|bun)\s+(?:run\s+)?(?:build|watch|dev:assets))\S*\s*$/;

const compilers = "tsc|esbuild|tailwindcss|tailwind|sass|lessc|postcss|webpack|vite|rollup|parcel|gulp|jest|vitest";

/** Compilers of pages and tests that begin again at every change. */
export const watchedBuild = new RegExp(`\\b(?:${compilers})\\b.*?\\s(--watch|watch)(?:\\s|$)`, "s");

/** Anything else that watches: a program by the clock, or one of the application at every change. */
export const watchCommand = /(?:^|\s)(--watch|watch)(?:\s|$)/;

/** Tools with pages for developers. */
export const servedToolCommand =
  /\b(storybook|webpack-dev-server|webpack\s+serve|prisma\s+studio|hasura(?:-cli)?\s+console|jupyter(?:-lab|\s+lab|\s+notebook)|(?:npm|yarn|pnpm)\s+(?:run\s+)?test)\b/;

export const servedToolName =
  /(?:^|[-_])(?:storybook|webpack(?:er)?|vite|playwright|cypress|e2e|tests?|lint|devcontainer|workspace|mock|mocks|mock-?server|selenium|jupyter(?:lab)?|load-?generator|load-?test)$/i;

export const toolProfile = /^(?:tools?|debug|dev|development|tests?|testing|e2e|cli|assets|manual|docs|storybook)$/i;

export const workerCommand = word(
  "worker|sidekiq|celery|rq|qcluster|queue:(?:work|listen)|horizon|schedule:(?:work|run)|schedule|scheduler|beat|crond?|supercronic|ofelia|resque|delayed_job|good_job|dramatiq|huey|run_huey|arq|faktory|consume|consumer|messenger:consume|process_tasks|procrastinate|taskiq|oban|housekeeping|jobs:work|jobs|clockwork",
  "solid_queue",
);

/** Servers that have words for workers among their own options. */
export const serverCommand = word(
  "rails\\s+s(?:erver)?|gunicorn|uvicorn|puma|unicorn|uwsgi|hypercorn|daphne|granian|waitress-serve|runserver|httpd|nginx",
  "octane(?=:\\S)",
);

export const workerName =
  /worker|celery|sidekiq|cron|schedul|consumer|horizon|resque|dramatiq|housekeep|(?:^|[-_.])(?:queues?|beat|jobs?|runners?|daemon|listener|processors?|forwarder|dispatcher|poller|sender|background\w*|bg|tasks?|triggerer|subscriber|ingest(?:er|or)?|indexer|crawler|syncer|relay|rq|arq|huey|bot|taskrunner|task-?manager|batch|clean-?up|cleaner|purger?|pruner?|reaper|etl)(?:$|[-_.])/i;

/** Worker names that queues, search engines and brokers have too. */
export const storeLikeWorkerName = /(?:^|[-_.])(?:queues?|relay|indexer|ingest(?:er|or)?)(?:$|[-_.])/i;

const processKey = /(?:^|_)(?:ROLE|TYPE|PROCESS|MODE)$/;
const processOfWorker = /^(?:workers?|scheduler|beat|consumer)$/i;
/** `EXECUTIONS_MODE=queue` says how an application works, not what this container does. */
const roleKey = /(?:^|_)ROLE$/;
const roleOfWorker = /^(?:queue|horizon|cron)$/i;

/** Why a variable tells that one image runs as a worker here: `CONTAINER_ROLE=worker`. */
export function workerVariable(environment: Readonly<Record<string, string | null>>): string | undefined {
  const found = Object.entries(environment).find(
    ([key, value]) =>
      value !== null &&
      ((processKey.test(key) && processOfWorker.test(value)) || (roleKey.test(key) && roleOfWorker.test(value))),
  );
  return found && `variable ${found[0]} says so (${found[1]})`;
}

export const httpHealthcheck =
  /\b(?:curl|wget|http)\b.*(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])|https?:\/\/(?:localhost|127\.0\.0\.1)/;
