/** Runs a task when those before it have ended, however they did. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

/** One message is told after the other, as only one may use the outbox. */
export function inTurn(first: Promise<unknown>): Turns {
  let last: Promise<unknown> = first;
  return (task) => {
    const mine = last.then(task, task);
    last = mine;
    return mine;
  };
}
