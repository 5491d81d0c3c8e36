import * as z from "zod";
import { secretReference } from "./reference-schema.ts";

export const githubSchema = z.strictObject({
  /** Default: `$GITHUB_REPOSITORY`. Where `$GITHUB_API_URL` is not set, it is on the GitHub of the remote `origin`, else on github.com. */
  repository: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "expected a repository such as owner/name")
    .optional(),
  /** A reference, never the token itself. Without a token, GitHub is not told. */
  token: secretReference("GITHUB_TOKEN").default("${GITHUB_TOKEN}"),
  /** Every deployment is shown as a deployment on GitHub. */
  deployments: z.boolean().default(true),
  /** Environment on GitHub; default: that of `--env`, else `production`. */
  environment: z.string().min(1).max(255).optional(),
  /** Where users find it. */
  url: z.url({ protocol: /^https?$/, error: "expected an http or https address" }).optional(),
  /** The commit gets a status too. */
  commitStatus: z.boolean().default(false),
  /** The report of a deployment is attached to its release, unless GitHub keeps that as it was published. */
  report: z.boolean().default(false),
  /** Who approved what goes live, people and pull requests, is put into the record. */
  approvals: z.boolean().default(false),
  /** Each deployment on GitHub holds the end of the record, which nobody can then rewrite unnoticed. */
  anchor: z.boolean().default(false),
  /** What GitHub must say of a release before it is deployed; GitHub must be there to say it. */
  require: z
    .strictObject({
      /** The commit is on the default branch. */
      defaultBranch: z.boolean().default(false),
      /** All checks of the commit have passed, and there is one. */
      checks: z.boolean().default(false),
      /** The commit or its tag is signed, and GitHub has verified it. */
      signature: z.boolean().default(false),
      /** So many people who may write to the repository, none of them its author, have approved each pull request, or the deployment to the environment. */
      approvals: z.int().min(0).max(10).default(0),
    })
    .prefault({}),
});

export type GithubConfig = Readonly<z.output<typeof githubSchema>>;
