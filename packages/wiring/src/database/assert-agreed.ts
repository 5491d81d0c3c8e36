import { SluiceError } from "@sluice/core";
import { isOfHomes, type Manifest, type StackHomes } from "@sluice/database";
import type { RestoreCall } from "./database-operations.ts";

interface Origin {
  readonly stack?: string | undefined;
  readonly home?: string | undefined;
  readonly database: Pick<Manifest["database"], "name">;
}

/**
 * Whoever restores what is another stack's, if only by its state home, or of a database of another name, has said whose.
 *
 * @throws SluiceError CONFIRMATION_NEEDED
 */
export function assertAgreed(
  { id, at, stack, home, database: { name } }: Pick<Manifest, "id" | "at"> & Origin,
  here: { readonly stack: string; readonly homes?: StackHomes | undefined; readonly database: string },
  { ofStack, ofDatabase }: Pick<RestoreCall, "ofStack" | "ofDatabase">,
): void {
  const others = [
    ...(stack === undefined || (stack === here.stack && isOfHomes({ home, at }, here.homes)) || stack === ofStack
      ? []
      : [
          stack === here.stack
            ? {
                is: `stack ${stack} with state home ${home}`,
                not: "another one of that name",
                word: `--of-stack ${stack}`,
              }
            : { is: `stack ${stack}`, not: here.stack, word: `--of-stack ${stack}` },
        ]),
    ...(name === here.database || name === ofDatabase
      ? []
      : [{ is: `database ${name}`, not: here.database, word: `--of-database ${name}` }]),
  ];
  if (others.length === 0) return;
  const what = others.map(({ is, not }) => `of ${is}, and this is ${not}`).join("; ");
  throw new SluiceError("CONFIRMATION_NEEDED", `backup ${id} is ${what}: nothing was changed`, {
    hint: `if its data is to take the place of this one's: ${others.map(({ word }) => word).join(" ")}`,
  });
}
