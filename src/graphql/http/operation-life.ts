import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, Kind } from 'graphql';
import { OperationTimeoutError } from '../../common/operation-timeout.error.js';
import { PatientTimer } from '../../common/patient-timer.js';
import { TURN_MS } from '../every-door/operation-turns.js';
import { liftIdleTimeout } from '../every-door/idle-time.js';
import { operationTraced, type TracedOperation } from '../../telemetry/signals/signals.js';

interface OperationStart {
  readonly timeoutMs: number;
  /** `performance.now()` before it was read. */
  readonly beganAt: number;
}

/** How long an operation may take. */
export interface TimeLimit {
  /** It may take as long as it takes. @returns what puts the limit back, which begins anew then */
  readonly lift: () => () => void;
}

/**
 * From when a query or mutation is read until it is answered: it gives its turn back, is ended when it takes too long, and
 * is told to who traces.
 *
 * @returns its time limit, which may be lifted
 */
export function beginOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  { timeoutMs, beganAt }: OperationStart,
): TimeLimit {
  const turn = setTimeout(() => request.turn?.release(), TURN_MS);
  const limit = new PatientTimer(timeoutMs, () => request.ending?.abort(new OperationTimeoutError()));
  reply.raw.once('close', () => {
    clearTimeout(turn);
    limit.stop();
    operationTraced.tell({
      traceOf: request.id,
      type: typeOf(request.document),
      status: reply.statusCode,
      endedAt: Date.now(),
      durationMs: performance.now() - beganAt,
    });
  });
  return {
    lift: () => {
      limit.stop();
      // Nothing moves on its connection meanwhile.
      const restoreIdleTimeout = liftIdleTimeout(request.raw.socket);
      return () => {
        restoreIdleTimeout();
        if (!reply.raw.closed) limit.restart();
      };
    },
  };
}

/** What a request ran; a query where it ran nothing. */
function typeOf(document: DocumentNode | null): TracedOperation['type'] {
  const operation = document?.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  return operation?.operation ?? 'query';
}
