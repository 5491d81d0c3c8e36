import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { createReleaseDesk, type Github, hostOfApi, type ReleaseDesk } from "@sluice/release";
import { pastSluice } from "@sluice/workflows";
import type { DeployerOptions } from "../deployer.ts";
import { loadConfig } from "../project/load-config.ts";
import { openGithub } from "./open-github.ts";
import { placeOfRepository, projectRepository } from "./project-repository.ts";

export interface OpenedDesk extends ReleaseDesk {
  /** The repository for people, after its host where that is not github.com: `ghe.acme.com/acme/shop`. */
  readonly place: string;
  /** What is published may be by the token of a run, for which GitHub starts no workflow. It does not say so itself. */
  readonly mayBeOfRun: boolean;
}

/**
 * The releases of a project on GitHub.
 *
 * @throws SluiceError CONFIG_INVALID, USAGE without a token or a repository, GITHUB_UNREACHABLE where nothing tells on which GitHub that is
 */
export async function openReleaseDesk(options: DeployerOptions): Promise<OpenedDesk> {
  const { directory, env, environment } = options;
  const config = await loadConfig(options);
  const repository = await projectRepository(config, options);
  if (repository === null) {
    throw new SluiceError("USAGE", "nothing tells which repository on GitHub this is", {
      hint: "set github.repository in sluice.yaml, or GITHUB_REPOSITORY, to owner/name",
    });
  }
  const configured = { ...config, github: { ...config.github, repository } };
  const surroundings = { env, environment, clock: systemClock };
  if (openGithub(configured, surroundings) === null) {
    throw new SluiceError("USAGE", `there is no token for ${repository}: ${config.github.token} is not set`, {
      hint: "set it: in a workflow `env: GITHUB_TOKEN: ${{ github.token }}`, by hand `GITHUB_TOKEN=$(gh auth token)`",
    });
  }
  const place = await placeOfRepository(config, options, systemClock);
  const opened = place && openGithub(configured, { ...surroundings, apiUrl: place.apiUrl });
  if (!opened) {
    throw new SluiceError("USAGE", `the remote origin of ${repository} is on no GitHub`, {
      hint: "set github.repository in sluice.yaml, or GITHUB_REPOSITORY, to owner/name, and GITHUB_API_URL where that is not on github.com",
    });
  }
  const desk = createReleaseDesk(opened.github, directory, pastSluice);
  return { ...desk, place: placeOf(opened.github), mayBeOfRun: mayBeOfRun(config.github.token, opened.token) };
}

function placeOf({ repository, host }: Github): string {
  const shown = hostOfApi(host);
  return shown === "github.com" ? repository : `${shown}/${repository}`;
}

/**
 * Those of a run begin as those of any app do, and are given in `GITHUB_TOKEN`: what is in another variable somebody has put there,
 * who has another one.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function mayBeOfRun(reference: string, token: string): boolean {
  return token.startsWith("ghs_") && /^\$\{(?:env:)?GITHUB_TOKEN\}$/.test(reference);
}
