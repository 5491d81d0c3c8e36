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

export const jobCommand = word(
  "migrate|migrations?|db:prepare|db:setup|db:seed|db:push|upgradedb|db-migrate|alembic\\s+upgrade|makemigrations|migrations:migrate|collectstatic|ef\\s+database\\s+update|loaddata|createsuperuser",
  "db:migrate|(?:migrate|migration|doctrine)(?=:\\S)",
);

const chained = /(?:&&|;|\|\|)\s*(?:exec\s+)?/;
const serves =
  /\b(?:serve[r]?|start|gunicorn|uvicorn|puma|runserver|node|daphne|hypercorn|nginx|httpd|apache2|unicorn|supervisord|java|exec|www|up|web)\b/i;

/** A command that migrates and then goes on to serve. */
export function alsoServes(command: string): boolean {
  return command
    .split(chained)
    .slice(1)
    .some((part) => serves.test(part) && !jobCommand.test(part));
}

/** The client, or a script, in the image of a server. */
export const clientCommand =
  /^(?:\/?(?:usr\/)?(?:bin\/)?(?:ba|a)?sh\s+-\w*c\s+)?['"]?(?:\S*\/)?(?:psql|pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|mongosh|redis-cli|mc|rabbitmqadmin|kafka-topics(?:\.sh)?|crond?)\b|while\b.*\b(?:pg_dump|mysqldump|mariadb-dump|mongodump)\b|\b\S*backup\S*\.sh\b/;

export const toolName =
  /(?:^|[-_.])(?:tools?|toolbox|admin-?tools|cli|shell|test(?:s|er)?|e2e|playwright|cypress|lint(?:er)?|storybook|watch(?:er)?|webpack|vite|tailwind|esbuild|assets|compile(?:r)?|builder|base|dev|devcontainer|docs)$/i;

export const toolCommand =
  /(?:^|\s)(--watch|watch)(?:\s|$)|\b((?:yarn|npm|pnpm|bun)\s+(?:run\s+)?(?:build|watch|dev:assets))\S*\s*$|^(?:\S*sh\s+-c\s+)?["']?(sleep\s+(?:infinity|inf)|tail\s+-[fF]\s+\/dev\/null)["']?\s*$/;

export const toolProfile = /^(?:tools?|debug|dev|development|tests?|testing|e2e|cli|assets|manual|docs|storybook)$/i;

export const workerCommand = word(
  "worker|sidekiq|celery|rq|qcluster|queue:(?:work|listen)|horizon|schedule:(?:work|run)|schedule|scheduler|beat|crond?|supercronic|ofelia|resque|delayed_job|good_job|dramatiq|huey|run_huey|arq|faktory|consume|consumer|messenger:consume|process_tasks|procrastinate|taskiq|oban|housekeeping|jobs:work|jobs",
  "solid_queue",
);

/** Servers that have words for workers among their own options. */
export const serverCommand = word(
  "gunicorn|uvicorn|puma|unicorn|uwsgi|hypercorn|daphne|granian|waitress-serve|runserver|httpd|nginx",
  "octane(?=:\\S)",
);

export const workerName =
  /worker|celery|sidekiq|cron|schedul|consumer|horizon|resque|dramatiq|housekeep|(?:^|[-_.])(?:queues?|beat|jobs?|runners?|daemon|listener|processors?|forwarder|dispatcher|poller|sender|background|bg|tasks?|triggerer|subscriber|ingest(?:er|or)?|indexer|crawler|syncer|relay|rq|arq|huey|bot|taskrunner|task-?manager|batch|clean-?up|cleaner|purger?|pruner?|reaper|etl)(?:$|[-_.])/i;

export const httpHealthcheck =
  /\b(?:curl|wget|http)\b.*(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])|https?:\/\/(?:localhost|127\.0\.0\.1)/;
