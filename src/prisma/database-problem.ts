import { codesOf, errorsBehind, wordsOf } from './error-codes.js';
import { isOutdated, isOtherName, isUntrusted } from '../common/tls-errors.js';

interface Problem {
  readonly codes?: readonly string[];
  /** How the driver's message begins, where it has no code. */
  readonly message?: string;
  /** @param said what the server says itself */
  readonly words: (variable: string, said: string) => string;
}

/** What an operator can do something about. The server's own words about a refused user name it: ours do not. */
const problems: readonly Problem[] = [
  {
    message: 'The server does not support SSL connections',
    words: (variable) =>
      `the server offers no TLS, and ${variable} asks for it. Turn TLS on at the server, or, where no one else is on ` +
      `the way, write sslmode=disable in ${variable}`,
  },
  {
    codes: ['28P01'],
    words: (variable) =>
      `the server refuses the user name or the password in ${variable}. Characters in them that mean something in a ` +
      'URL have to be percent-encoded: % is %25, @ is %40, / is %2F, + is %2B',
  },
  {
    codes: ['28000'],
    words: (variable) =>
      `the server lets this user in neither from here nor in this way: either there is no such role, or pg_hba.conf has ` +
      `no entry for it, or one that asks for TLS (sslmode=require in ${variable})`,
  },
  {
    message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be',
    words: (variable) => `the server asks for a password, and ${variable} has none`,
  },
  {
    codes: ['3D000'],
    words: (variable) => `there is no such database on the server. Make it, or correct ${variable}`,
  },
  {
    codes: ['42501'],
    words: (variable, said) =>
      `the role in ${variable} lacks a right: ${said}. docs/operations.md lists the rights that it needs, under “Two roles”`,
  },
];

/**
 * What a database's failure means to its operator, and what to do, as the end of a sentence.
 *
 * @param variable which one says where the database is
 */
export function explainFailure(error: unknown, variable: string): string {
  const codes = codesOf(error);
  const certificate = codes.find((code) => isUntrusted(code) || isOtherName(code) || isOutdated(code));
  if (certificate !== undefined) return explainCertificate(certificate, variable);
  const messages = [...errorsBehind(error)].map(({ message }) => message);
  const problem = problems.find(
    ({ codes: own = [], message: start }) =>
      own.some((code) => codes.includes(code)) ||
      (start !== undefined &&
        messages.some((message) => typeof message === 'string' && message.startsWith(start))),
  );
  const said = withoutAccount(wordsOf(error));
  if (problem === undefined) return said;
  const code = problem.codes?.[0];
  return problem.words(variable, said) + (code === undefined ? '.' : ` (${code}).`);
}

/** Some refusals of PostgreSQL's and of PgBouncer's name the account. */
const withoutAccount = (words: string): string =>
  words.replace(/\b(role|user) "(?:[^"]|"")*"/g, 'the $1').replace(/\b(no such user): .*/, '$1');

const MORE = 'docs/operations.md has more, under “TLS to the database”.';

function explainCertificate(code: string, variable: string): string {
  if (isOtherName(code)) {
    return (
      `the server's certificate is for another host name (${code}). Write the name that stands in it into ${variable}, ` +
      `or let sslmode=verify-ca with sslrootcert=/path/ca.pem check its authority alone. ${MORE}`
    );
  }
  if (isOutdated(code)) {
    return `the server's certificate is out of date, or not valid yet (${code}). Renew it, or set this machine's clock.`;
  }
  return (
    `the server's certificate is not trusted (${code}). Name the certificate authority that issued it, or the ` +
    `certificate itself where it is self-signed: sslrootcert=/path/ca.pem in ${variable}, or NODE_EXTRA_CA_CERTS. ` +
    `sslmode=require checks it, too. ${MORE}`
  );
}
