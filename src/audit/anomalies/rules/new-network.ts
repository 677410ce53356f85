import { DAY_MS, HOUR_MS, isOld, isQuiet, LEARNING_MS, NOTHING, type Rule } from './rule.js';

/** Networks that are remembered of one user. Of more, the one is forgotten that was not seen for the longest time. */
const MOST_NETWORKS = 100;
/** Who has had so many new networks after the first week … */
const ROAMING = 4;
/** … within so many milliseconds is on the move, and a further one says nothing. */
const ROAMING_MS = 30 * DAY_MS;
/** How exactly it is kept when a network was last seen, in milliseconds: not each use has to write. */
const PRECISION_MS = HOUR_MS;

/** The hash of a network, and when it was seen first and last, in milliseconds since the epoch. */
export type KnownNetwork = readonly [hash: string, firstAt: number, lastAt: number];

export interface NetworkState {
  readonly networks: readonly KnownNetwork[];
  readonly raisedAt: number | null;
}

/** Keys are used from a network from which this user never came: somebody else may have the user's token. */
export const newNetwork: Rule<NetworkState> = {
  name: 'NEW_NETWORK',
  isOfUser: true,
  hasHashes: true,
  keptMs: 180 * DAY_MS,
  subjectOf: (event) => (event.type === 'KEY_USED' && event.networkHash !== null ? '' : null),
  observe(before, event) {
    const { networkHash: hash } = event;
    if (event.type !== 'KEY_USED' || hash === null) return NOTHING;
    const now = event.at.getTime();
    const known = before?.networks ?? [];
    const raisedAt = before?.raisedAt ?? null;
    const same = known.find(([other]) => other === hash);
    if (same && now - same[2] < PRECISION_MS) return NOTHING;
    const networks = withNetwork(known, [hash, same?.[1] ?? now, now]);
    const isFamiliar = same !== undefined || known.length === 0;
    if (
      isFamiliar ||
      isQuiet(raisedAt, now) ||
      !isTelling(known, event.keyId === null ? null : isOld(event), now)
    )
      return { state: { networks, raisedAt }, finding: null };
    return {
      state: { networks, raisedAt: now },
      finding: { explanation: 'Keys were used from a network that was never seen for this user.' },
    };
  },
};

/**
 * Whether a new network says anything: not in the first week of the key, or, with a key of the server, of the user; and
 * not of somebody who is on the move.
 *
 * @param isKeyOld null for a key of the server
 */
function isTelling(known: readonly KnownNetwork[], isKeyOld: boolean | null, now: number): boolean {
  const firsts = known.map(([, firstAt]) => firstAt);
  const learnedAt = Math.min(...firsts) + LEARNING_MS;
  const latelyNew = firsts.filter((firstAt) => firstAt >= learnedAt && now - firstAt < ROAMING_MS);
  return (isKeyOld ?? now >= learnedAt) && latelyNew.length < ROAMING;
}

function withNetwork(known: readonly KnownNetwork[], network: KnownNetwork): readonly KnownNetwork[] {
  const others = known.filter(([hash]) => hash !== network[0]);
  return [...others, network].sort((a, b) => a[2] - b[2]).slice(-MOST_NETWORKS);
}
