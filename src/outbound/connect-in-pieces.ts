import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** About two network packets. */
const PIECE_BYTES = 4_096;

/**
 * Opens connections that are read in small pieces. undici parses all that one read gives, even where it has given the
 * connection up in the middle of it: of headers beyond its limit it makes an error for each, which for what one read
 * of a socket may bring is a tenth of a second.
 */
export function connectInPieces(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      if (result[1]) readInPieces(result[1]);
      callback(...result);
    });
  };
}

function readInPieces(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  socket.read = (size?: number) => {
    // Streams call it, too, with a size of nothing, to be filled.
    if (size !== undefined) return read(size);
    if (socket.destroyed) return null;
    return read(socket.readableLength > PIECE_BYTES ? PIECE_BYTES : undefined);
  };
}
