/** GitHub refuses more than a hundred calls at once, and has other things to answer. */
const atOnce = 10;

/** What is answered of each item, in the order of the items; a few of them are asked for at once. */
export async function someAtATime<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let begin = 0; begin < items.length; begin += atOnce) {
    answers.push(...(await Promise.all(items.slice(begin, begin + atOnce).map(ask))));
  }
  return answers;
}
