import * as z from "zod";

/** A repository of restic as the store of backups: in the place of a directory or a bucket, also of one that is named. */
export const resticSchema = z.lazy(() =>
  z.strictObject({
    /** As restic writes it; a path is seen from the project's directory. Default: `RESTIC_REPOSITORY` of the environment. */
    repository: z.string().min(1).optional(),
    /** Default: `RESTIC_PASSWORD_FILE`, `RESTIC_PASSWORD_COMMAND` or `RESTIC_PASSWORD` of the environment. */
    passwordFile: z.string().min(1).optional(),
    /** Of these backups in the repository. Default: that of the stack. */
    name: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, "expected letters, digits, dots, dashes and underscores")
      .optional(),
  }),
);
