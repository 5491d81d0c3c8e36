import * as known from "./known-images.ts";
import * as words from "./role-words.ts";
import { ask, likely, type Rule, sure } from "./rule.ts";
import { isOneShot, isReachable } from "./service-shape.ts";

/** A tool is never started: what is kept running, or others need, is none until a person says so. */
export const toolImage: Rule = ({ name, image, repository, isKeptRunning }, { needed }) => {
  if (!known.toolImages.has(image) && !known.toolRepositories.test(repository)) return false;
  if (needed.has(name)) return ask("web", `image ${image} is a tool, but other services need it`);
  if (isKeptRunning) return ask("web", `image ${image} is a tool, but it is kept running`);
  return sure("tool", `image ${image} is a tool`);
};

export const toolByName: Rule = (shape, { needed, writesForOthers }) => {
  const { name } = shape;
  if (!isOneShot(shape) || needed.has(name)) return false;
  if (words.builderName.test(name) && writesForOthers.has(name))
    return ask("job", `its name is that of a tool (${name}), but it writes to a volume of other services`);
  return words.toolName.test(name) && likely("tool", `its name says so (${name})`);
};

export const toolByCommand: Rule = (shape, { needed, writesForOthers }) => {
  const { name, command } = shape;
  if (isReachable(shape) || needed.has(name)) return false;
  if (words.buildCommand.test(command) && isOneShot(shape) && writesForOthers.has(name)) {
    const word = words.wordIn(command, words.buildCommand);
    return ask("job", `its command builds (${word}) and writes to a volume of other services`);
  }
  const pattern = [words.idleCommand, words.buildCommand, words.watchedBuild].find((one) => one.test(command));
  if (pattern) return likely("tool", `its command is for development (${words.wordIn(command, pattern)})`);
  const watches = words.watchCommand.test(command) && !words.workerCommand.test(command);
  if (watches)
    return ask("worker", `its command watches (${words.wordIn(command, words.watchCommand)}), which tools do`);
  const isWatcher = words.watcherName.test(name) && isOneShot(shape);
  return isWatcher && ask("worker", `its name (${name}) may be that of a tool or of a worker`);
};

/** What developers open in a browser has a port as the application has; nobody wants two of it. */
export const toolWithPort: Rule = (shape) => {
  if (!isReachable(shape)) return false;
  const pattern = [words.idleCommand, words.servedToolCommand].find((one) => one.test(shape.command));
  if (pattern)
    return ask("web", `its command is for development (${words.wordIn(shape.command, pattern)}), with a port`);
  return words.servedToolName.test(shape.name) && ask("web", `its name is that of a tool (${shape.name}), with a port`);
};

export const toolByProfile: Rule = ({ name, service: { profiles = [] } }, { needed }) =>
  profiles.length > 0 &&
  profiles.every((profile) => words.toolProfile.test(profile)) &&
  !needed.has(name) &&
  likely("tool", `only in profile ${profiles.join(", ")}`);
