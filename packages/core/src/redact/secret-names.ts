const secret =
  /pass(?:w(?:or)?d|phrase)?(?:$|[_\-.\d])|pwd|secret|token|credential|api_?key|access_?key|private_?key|_key(?:_base|s)?(?:_?v?\d+)?$|^key$|(?:^|_)salt|dsn$|jwt|basic_?auth|authorization$|(?:^|_)(?:auth|sk)$|webhook_url$|cookie$/i;
const harmless =
  /_(?:file|path|dir|name|names|ttl|expiry|expiration|expires\w*|lifetime|length|min\w*|max\w*|seconds|hours|days|header|enabled|disabled|type|algorithm|hashers?|policy|issuer|audience|endpoint|host|port|user|username|timeout|age|source)$|(?<!hook)_ur[il]$|public_?key|^(?:disable|enable|allow|require|use|is|has)_|^(?:old)?pwd$/i;

/**
 * Whether the name of a variable or a setting says that its value is a secret: `DB_PASSWORD`, `SMTP_PASS`, `SENTRY_DSN`. What
 * only says where a secret is, or for how long it holds, is none: `POSTGRES_PASSWORD_FILE`, `TOKEN_TTL`, `OAUTH_TOKEN_URL`.
 * Upper and lower case are the same.
 */
export const isSecretName = (name: string): boolean => secret.test(name) && !harmless.test(name);
