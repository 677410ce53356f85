import { createSecretKey } from 'node:crypto';
import { signatureHeaders } from './webhook-signature.js';

describe('the signature of a webhook', () => {
  it('is the one of the example that Svix publishes', () => {
    const secret = createSecretKey('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const webhook = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
    expect(signatureHeaders(webhook, secret, 1_614_265_330)).toEqual({
      'webhook-id': webhook.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});
