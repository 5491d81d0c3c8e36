import { isSluiceError, SluiceError } from "@sluice/core";

/**
 * Removes a database that could not be filled. Resolves with the error that this failed with, which names the database where it is still
 * there: a server that is down drops nothing.
 *
 * @param dropSql what to type
 */
export async function afterDrop(
  error: unknown,
  { name, dropSql }: { readonly name: string; readonly dropSql: string },
  drop: () => Promise<void>,
): Promise<unknown> {
  try {
    await drop();
    return error;
  } catch {
    if (!isSluiceError(error)) return error;
    const { code, message, hint, detail, retryable } = error;
    const left = `once the server takes connections, restoring this backup again removes ${name} first; or type: ${dropSql}`;
    return new SluiceError(code, `${message}; database ${name}, which it had begun to fill, is left`, {
      hint: hint === undefined ? left : `${hint}; ${left}`,
      detail,
      retryable,
      cause: error,
    });
  }
}
