/** Levels of loggers that write words, and the numbers of those that write JSON (pino and bunyan: 50 error, 60 fatal). */
const speaksOfError =
  /\b(?:error|err|fatal|panic|critical|crit|emerg|alert|exception|unhandled\w*|traceback|segfault|out of memory|oom)\b|(?:Error|Exception):|"level":\s*(?:5|6)0\b/i;
/** What counts errors and finds none. */
const speaksOfNone =
  /\b(?:0|no|without) (?:errors?|exceptions?)\b|\berrors?["']?\s*[:=]\s*(?:0|\[\]|null|none|false)(?![\w.])/i;
/** `GET / HTTP/1.1" 500`: access logs of nginx, Apache, HAProxy and uvicorn. */
const failedRequest = /HTTP\/[\d.]+" 5\d\d\b/;

/** Whether a line of a log speaks of something that went wrong: by its words, as every logger has a form of its own. */
export function isErrorLine(text: string): boolean {
  return failedRequest.test(text) || (speaksOfError.test(text) && !speaksOfNone.test(text));
}
