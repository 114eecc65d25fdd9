import { basename } from 'node:path';

const NAMES =
  /^(?:\.env(?:\.(?!example|sample|template).*)?|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|p12|pfx|keystore|jks)|\.netrc|\.pgpass|\.htpasswd|credentials)$/i;

const CONTENTS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an access key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/],
  ['a key of a model provider', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}\b/],
  ['a key of Google', /\bAIza[0-9A-Za-z_-]{35}\b/],
];

/** What in a file looks like a secret, by its name or by what it says; null for nothing. Linear in the text. */
export function secretIn(path: string, text: string): string | null {
  if (NAMES.test(basename(path))) return 'its name is one of files with secrets';
  return CONTENTS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
