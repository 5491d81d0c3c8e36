import * as known from "./known-images.ts";
import { likely, type Rule, sure } from "./rule.ts";

const supportImage: Rule = ({ image, repository }) =>
  (known.supportImages.has(image) || known.supportRepositories.test(repository) || /[-_]exporter$/.test(image)) &&
  sure("support", `image ${image}`);

const supportByName: Rule = ({ name, image }) =>
  (known.supportName.test(name) || (known.exporterName.test(name) && /^$|[-_]exporter/.test(image))) &&
  likely("support", `its name says so (${name})`);

export const supportRules: readonly Rule[] = [supportImage, supportByName];
