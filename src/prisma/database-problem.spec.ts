import { explainFailure } from './database-problem.js';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('A failure of the database, as its operator sees it', () => {
  it.each([
    [
      'an unknown authority',
      withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'x'),
      /not trusted .*sslrootcert=.*A_URL.*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a self-signed certificate',
      withCode('DEPTH_ZERO_SELF_SIGNED_CERT', 'x'),
      /not trusted .*sslrootcert=.*A_URL/,
    ],
    ['another name', withCode('ERR_TLS_CERT_ALTNAME_INVALID', 'x'), /another host name .*A_URL.*verify-ca/],
    ['an old certificate', withCode('CERT_HAS_EXPIRED', 'x'), /out of date/],
    [
      'no TLS',
      new Error('The server does not support SSL connections'),
      /offers no TLS.*A_URL.*sslmode=disable/,
    ],
    [
      'a wrong password',
      withCode('28P01', 'password authentication failed for user "hunter2"'),
      /user name or the password in A_URL.*%25.*28P01/,
    ],
    ['an unknown user', withCode('28000', 'role "hunter2" does not exist'), /no such role.*A_URL.*28000/],
    [
      'no password',
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      /A_URL has none/,
    ],
    ['no such database', withCode('3D000', 'database "x" does not exist'), /no such database.*A_URL/],
    [
      'a missing right',
      withCode('42501', 'permission denied for table api_keys'),
      /lacks a right: permission denied for table api_keys.*docs\/operations\.md/,
    ],
    [
      'a role with too many connections',
      withCode('53300', 'too many connections for role "hunter2"'),
      /^too many connections for the role$/,
    ],
    ['an account that a pooler lacks', withCode('08P01', 'no such user: hunter2'), /^no such user$/],
    [
      'a role that may not be taken',
      withCode('42501', 'permission denied to set role "the ""hunter2"""'),
      /lacks a right: permission denied to set the role\./,
    ],
  ])('says what to do about %s, without the user', (_what, error, words) => {
    const problem = explainFailure(error, 'A_URL');
    expect(problem).toMatch(words);
    expect(problem).not.toContain('hunter2');
    expect(explainFailure(new Error('wrapped', { cause: error }), 'A_URL')).toBe(problem);
  });

  it.each([
    ['an internal error', withCode('XX000', 'cache lookup failed for type 1')],
    ['a missing table', withCode('42P01', 'relation "vault_state" does not exist')],
    ['a full disk', withCode('53100', 'could not extend file')],
    ['what has no code', new Error('something else')],
  ])('keeps its own words, and is not called a lack of rights: %s', (_what, error) => {
    expect(explainFailure(error, 'A_URL')).toBe(error.message);
  });
});
