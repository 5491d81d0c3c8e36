/** Comments of all servers: where one has them not, no statement begins so. */
const reading = /^(?:\s|\(|#[^\n]*\n|--\s[^\n]*\n|\/\*[^]*?\*\/)*(?:select|show|explain|describe|desc)\b/i;

/** Whether a statement changes nothing, as far as that is to be seen. */
export function isReading(sql: string): boolean {
  return reading.test(sql);
}
