/** As large as GitHub makes a page. */
const pageSize = 100;
/** 5,000 of anything are enough to decide by; a server that never ends must not be asked for ever. */
const mostPages = 50;

/** The parameters of one page. */
export interface Page {
  readonly per_page: number;
  readonly page: number;
}

/**
 * All of a list, page by page: the first that is not full is the last.
 *
 * @param most pages that are read, default 50
 */
export async function readPages<T>(
  read: (page: Page) => Promise<readonly T[]>,
  most = mostPages,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 1; page <= most; page++) {
    const next = await read({ per_page: pageSize, page });
    found.push(...next);
    if (next.length < pageSize) break;
  }
  return found;
}
