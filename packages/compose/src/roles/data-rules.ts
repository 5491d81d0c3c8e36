import * as known from "./known-data.ts";
import { dataPorts, isWebPort, storePorts } from "./known-ports.ts";
import * as words from "./role-words.ts";
import { ask, likely, type Rule, sure } from "./rule.ts";
import { isOneShot, type ServiceShape } from "./service-shape.ts";
import { isForeign } from "./surroundings.ts";

export const dataImage: Rule = (shape) => {
  if (!isDataImage(shape)) return false;
  const { image, command, service } = shape;
  if (words.repeatedClient.test(command)) return likely("support", `image ${image}, but its command is not the server`);
  if (!words.endsWithClient(command)) return sure("data", `image ${image} keeps data`);
  const isTyped = service["tty"] === true || service["stdin_open"] === true;
  return isOneShot(shape) && !isTyped
    ? likely("job", `image ${image}, but its command is a client that ends`)
    : likely("support", `image ${image}, but its command is not the server`);
};

/** A database as its image starts it, whatever the service is called. */
export function runsDataServer(shape: ServiceShape): boolean {
  if (!isDataImage(shape)) return false;
  const isScript = (shape.service.entrypoint ?? []).length > 0 || words.scriptCommand.test(shape.command);
  return writesDataDirectory(shape) || !isScript;
}

/** It holds what is written to it as the store does that it stands for, and two would each have a half. */
const emulator: Rule = ({ command }) =>
  words.emulatorCommand.test(command) &&
  likely("data", `its command starts an emulator of a store (${words.wordIn(command, words.emulatorCommand)})`);

const dataDirectory: Rule = (shape) =>
  writesDataDirectory(shape) && likely("data", `${shape.name} mounts a database's directory`);

/** `database`; or `nats`, where the project builds it or the image says so too. */
const dataByName: Rule = ({ name, image, isProxied }) => {
  const says = known.dataName.test(name) && (image === "" || known.dataName.test(image) || isNamedAfterStore(image));
  if (says && !isProxied) return likely("data", `its name says so (${name})`);
  const isAmbiguous = known.ambiguousDataName.test(name) && image === "" && !isProxied;
  return isAmbiguous && ask("data", `its name is that of software which keeps data (${name})`);
};

/** An image that someone else named after the store in it: other things of that store have such names too. */
const dataByImage: Rule = (shape, around) => {
  const { name, image, ports, isProxied } = shape;
  if (!isForeign(shape, around) || isProxied) return false;
  if (known.dataImageSuffix.test(image) && (known.dataName.test(name) || ports.some((port) => dataPorts.has(port))))
    return likely("data", `image ${image} keeps data`);
  const isNamed =
    known.dataImagePart.test(image) ||
    known.storeWord.test(image) ||
    (known.shopWord.test(image) && !ports.some((port) => isWebPort(port)));
  return (
    isNamed &&
    !known.clientOfStore.test(image) &&
    ask("data", `image ${image} has the name of something that keeps data`)
  );
};

const everyPortOfData: Rule = (shape, around) => {
  const { ports, isProxied } = shape;
  if (ports.length === 0 || isProxied || !ports.every((port) => dataPorts.has(port))) return false;
  const reason = `it listens on ${ports[0]}, a port of databases, queues and mail`;
  // Strangers choose 9200 and its like for pages too.
  const isDoubtful = isForeign(shape, around) && !ports.some((port) => storePorts.has(port));
  return isDoubtful ? ask("data", reason) : likely("data", reason);
};

/** Databases have pages and measurements on ports beside their own. */
const portOfStore: Rule = (shape, around) => {
  const { name, ports, isProxied } = shape;
  const port = ports.find((one) => storePorts.has(one));
  if (port === undefined || isProxied) return false;
  if (isForeign(shape, around))
    return ask("data", `it listens on ${port}, a port of databases and queues, beside others`);
  return (
    known.storeName.test(name) && ask("data", `its name (${name}) and port ${port} are those of something with data`)
  );
};

export const dataRules: readonly Rule[] = [
  emulator,
  dataDirectory,
  dataByName,
  everyPortOfData,
  portOfStore,
  dataByImage,
];

function isDataImage({ image, repository }: ServiceShape): boolean {
  return known.dataImages.has(image) || known.dataRepositories.test(repository);
}

function writesDataDirectory({ service: { volumes = [] } }: ServiceShape): boolean {
  return volumes.some(({ target, read_only }) => read_only !== true && known.dataDirectories.test(target));
}

function isNamedAfterStore(image: string): boolean {
  return known.dataImagePart.test(image) && !known.clientOfStore.test(image);
}
