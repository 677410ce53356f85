/** Longer than any valid message. */
const MAX_MESSAGE_LENGTH = 200;

/** What a server sends to the one that owns a run. */
export interface ControlMessage {
  /**
   * `stop`: its client wants it to end. `left`: the last watcher on a server is gone. `show`: nothing came for a while,
   * and a watcher needs a sign that the run goes on.
   */
  readonly type: 'stop' | 'left' | 'show';
  readonly runKey: string;
}

export const formatControl = ({ type, runKey }: ControlMessage): string => `${type} ${runKey}`;

/** @returns null for what this version does not know */
export function parseControl(text: string): ControlMessage | null {
  if (text.length > MAX_MESSAGE_LENGTH) return null;
  const [type, runKey] = text.split(' ');
  const isKnown = type === 'stop' || type === 'left' || type === 'show';
  return isKnown && runKey ? { type, runKey } : null;
}
