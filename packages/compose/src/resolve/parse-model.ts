import { type ComposeModel, SluiceError } from "@sluice/core";
import { minimumCompose } from "../compose-cli/minimum-compose.ts";
import { readableModel } from "./readable-model.ts";

/** What `docker compose config --format json` wrote, in a form that Compose reads back. @throws SluiceError COMPOSE_INVALID */
export function parseModel(text: string): ComposeModel {
  try {
    return readableModel(JSON.parse(text) as ComposeModel);
  } catch (error) {
    throw new SluiceError("COMPOSE_INVALID", "docker compose config --format json did not write JSON", {
      hint: `Compose ${minimumCompose.join(".")} or newer is needed; see \`docker compose version\``,
      cause: error,
    });
  }
}
