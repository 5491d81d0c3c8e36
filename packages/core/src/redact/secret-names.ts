const secret =
  /(?<!by|com)pass(?:w(?:or)?d|phrase)?(?:$|[_\-.\d])|pwd|secret|token|credential|api_?key|access_?key|private_?key|_key(?:_base|s)?(?:_?v?\d+)?$|^key$|(?:^|_)salt|dsn$|jwt|basic_?auth|authorization$|(?:^|_)(?:auth|sk)$|webhook_url$|cookie$/i;
const harmless =
  /_(?:file|path|dir|name|names|ttl|expiry|expiration|expires\w*|lifetime|length|min\w*|max\w*|seconds|hours|days|header|enabled|disabled|type|algorithm|hashers?|policy|issuer|audience|endpoint|host|port|user|username|timeout|age|source)$|public_?key|^(?:disable|enable|allow|require|use|is|has)_|^(?:old)?pwd$/i;
const address = /(?<!hook)_ur[il]$/i;
const manner =
  /^(?:true|false|yes|no|on|off|plain|login|basic|bearer|digest|ldap|oidc|oauth2?|saml|enabled|disabled|optional|required)$/i;

/**
 * Whether the name of a variable or a setting says that its value is a secret: `DB_PASSWORD`, `SMTP_PASS`, `SENTRY_DSN`. What
 * only says where a secret is, or for how long it holds, is none: `POSTGRES_PASSWORD_FILE`, `TOKEN_TTL`, `OAUTH_TOKEN_URL`.
 * Upper and lower case are the same.
 */
export const isSecretName = (name: string): boolean => mayHoldSecret(name) && !address.test(name);

/** The same for what is to be shown nowhere: the address in a `FEED_TOKEN_URL` may have the token in its query. */
export const mayHoldSecret = (name: string): boolean => secret.test(name) && !harmless.test(name);

/** Whether a value only says how something is done, where a name as `SMTP_AUTH` may be that of a secret. */
export const isManner = (value: string): boolean => manner.test(value);
