import { chooseRequestId } from './request-id.js';

const OURS = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the id of a request', () => {
  it.each([
    ...[
      '12345678',
      'mine_0123-ABC',
      'order-service-42',
      'getUserById-0001',
      'x'.repeat(64),
      'task-000123',
      'a_b_c_d_e',
    ],
    ...[
      '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9',
      '0A1B2C3D-4E5F-4071-8293-A4B5C6D7E8F9',
      'checkout_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    ],
    ...[
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '00f067aa0ba902b7',
      'ckopqwooh000001la8mbi2im9',
      '1795708559083-000042',
    ],
  ])('is %s where its client proposes that', (id) => {
    expect(chooseRequestId(id)).toBe(id);
  });

  it.each([
    ...[undefined, '', 'short', 'x'.repeat(65), 'has spaces', 'a\nbcdefgh', '<script>', ['12345678']],
    ...[
      'sk-1234567',
      'id-sk-proj-1',
      'request_fc-0000000',
      'xsk-proj-Zq7',
      'BSA12345',
      'AIza1234',
      'tvly-123',
    ],
    ...['fc-0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d', 'a'.repeat(8) + '-AIzaSyZq7'],
    ...['0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d', 'Zq7rWx2kPm9LtVb4NcYd8HfJ3sQe6GuA'],
    ...['Zq7rWx2kPm9Lt_Vb4NcYd8HfJ3sQe6-GuA1zXo5Ti', 'abcdefghijklmnopqrstuvwxyzabcdef'],
  ])('is our own instead of %j', (proposed) => {
    expect(chooseRequestId(proposed)).toMatch(OURS);
  });
});
