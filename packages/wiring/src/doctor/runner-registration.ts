import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where GitHub's runner takes its jobs from, by the file that `config.sh` leaves. */
export interface RunnerRegistration {
  /** `null` where the file does not tell, or may not be read. */
  readonly name: string | null;
  /** `owner/name` of a repository, an owner, or `enterprises/name`, in small letters; `null` as above. */
  readonly place: string | null;
}

/** `null` for one that is registered nowhere, as after `config.sh remove`. */
export async function readRegistration(directory: string): Promise<RunnerRegistration | null> {
  try {
    return registrationOf(await readFile(join(directory, ".runner"), "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : { name: null, place: null };
  }
}

/** JSON, with a byte order mark. */
function registrationOf(text: string): RunnerRegistration {
  const { agentName, gitHubUrl } = JSON.parse(text.replace(/^\uFEFF/, "")) as Readonly<Record<string, unknown>>;
  const path = typeof gitHubUrl === "string" && URL.canParse(gitHubUrl) ? new URL(gitHubUrl).pathname : "";
  return {
    name: typeof agentName === "string" ? agentName : null,
    place: path.replaceAll(/^\/|\/$/g, "").toLowerCase() || null,
  };
}
