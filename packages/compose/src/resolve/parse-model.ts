import { type ComposeModel, SluiceError } from "@sluice/core";
import { minimumCompose } from "../compose-cli/minimum-compose.ts";

/** What `docker compose config --format json` wrote. @throws SluiceError COMPOSE_INVALID */
export function parseModel(text: string): ComposeModel {
  try {
    return JSON.parse(text) as ComposeModel;
  } catch (error) {
    throw new SluiceError("COMPOSE_INVALID", "docker compose config --format json did not write JSON", {
      hint: `Compose ${minimumCompose.join(".")} or newer is needed; see \`docker compose version\``,
      cause: error,
    });
  }
}
