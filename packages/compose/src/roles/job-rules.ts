import { runsDataServer } from "./data-rules.ts";
import * as known from "./known-images.ts";
import * as words from "./role-words.ts";
import { ask, likely, type Rule, sure } from "./rule.ts";
import { isOneShot } from "./service-shape.ts";

export const awaitedJob: Rule = ({ name }, { completed }) =>
  completed.has(name) && sure("job", "other services wait for it to complete successfully");

/** `cassandra-seed` is no job: it is a database with a name of one. */
export const jobByName: Rule = (shape, { behindEdge }) => {
  const { name, command, service } = shape;
  if (!isOneShot(shape) || !words.jobName.test(name) || behindEdge.has(name) || runsDataServer(shape)) return false;
  const isDaemon = words.provisionerName.test(name) && command === "" && service.build === undefined;
  if (isDaemon) return ask("worker", `its name (${name}) may be that of a job or of a worker`);
  return likely("job", `its name says so (${name})`);
};

export const jobImage: Rule = (shape) =>
  isOneShot(shape) &&
  (known.jobImages.has(shape.image) || known.jobRepositories.test(shape.repository)) &&
  sure("job", `image ${shape.image} does one thing and ends`);

/** What it does last tells whether it ends: many migrate and then go on to serve. */
export const jobByCommand: Rule = (shape) =>
  isOneShot(shape) &&
  words.jobCommand.test(shape.command) &&
  words.endsWithJob(shape.command) &&
  likely("job", `its command is a migration or set-up (${words.wordIn(shape.command, words.jobCommand)})`);

/** What others address, wait for or check the health of runs on, whatever happens when it ends. */
export const jobThatIsNotRestarted: Rule = (shape, { needed, behindEdge }) =>
  isOneShot(shape) &&
  shape.service.restart === "no" &&
  shape.service.healthcheck === undefined &&
  !needed.has(shape.name) &&
  !behindEdge.has(shape.name) &&
  likely("job", "restart: no, and no ports");
