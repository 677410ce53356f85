import { createHmac } from 'node:crypto';
import { readAlerts } from './alerts.js';
import { VariableReader } from './variable-reader.js';

const URL = 'https://ops.example/hooks/keystream?room=1';
const bytes = Buffer.alloc(24, 9);
const SECRET = `whsec_${bytes.toString('base64')}`;

function read(environment: Record<string, string>) {
  const reader = new VariableReader(environment);
  const alerts = readAlerts(reader);
  reader.throwMistakes();
  return alerts;
}
const mistakeOf = (environment: Record<string, string>): string => {
  try {
    read(environment);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the webhook for alerts', () => {
  it('is off where nothing is set', () => {
    expect(read({}).webhook).toBeNull();
    expect(read({ ALERT_WEBHOOK_SECRET: SECRET }).webhook).toBeNull();
  });

  it('has an address, and a secret of the bytes that stand in base64', () => {
    const { webhook } = read({ ALERT_WEBHOOK_URL: URL, ALERT_WEBHOOK_SECRET: SECRET });
    expect(webhook?.url.href).toBe(URL);
    const digest = createHmac('sha256', webhook!.secret).update('x').digest('hex');
    expect(digest).toBe(createHmac('sha256', bytes).update('x').digest('hex'));
  });

  it('needs its secret, and one as Standard Webhooks has it', () => {
    expect(mistakeOf({ ALERT_WEBHOOK_URL: URL })).toContain('ALERT_WEBHOOK_SECRET: is required with');
    for (const secret of ['', 'x', bytes.toString('base64'), 'whsec_', 'whsec_AAAA', `${SECRET} `, 'whsec_#'])
      expect(mistakeOf({ ALERT_WEBHOOK_URL: URL, ALERT_WEBHOOK_SECRET: secret })).toContain(
        'ALERT_WEBHOOK_SECRET',
      );
    const long = `whsec_${Buffer.alloc(65, 9).toString('base64')}`;
    expect(mistakeOf({ ALERT_WEBHOOK_URL: URL, ALERT_WEBHOOK_SECRET: long })).toContain(
      '24 to 64 random bytes',
    );
    expect(mistakeOf({ ALERT_WEBHOOK_URL: URL, ALERT_WEBHOOK_SECRET: long })).not.toContain(long);
  });
});
