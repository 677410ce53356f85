import { Injectable, Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../../common/app-error.js';
import { describeError, type ErrorDescription } from '../../common/describe-error.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { Config } from '../../config/config.js';
import { textWithoutQuotations, withoutSuggestions } from './document-error-text.js';

/** Codes for a document that GraphQL refuses, as Apollo names them. */
type DocumentErrorCode = 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED';

/** What is said of an error beside its description, where there is nothing. */
const NO_MORE = { violations: null, chatId: null };

/**
 * The one way in which an error reaches a client, on every door.
 *
 * An AppError shows its code and message. What GraphQL says of a document is shown without the document's values: a key
 * may stand among them. Anything else is INTERNAL_SERVER_ERROR, and goes to the log with the request's id.
 */
@Injectable()
export class ErrorMask {
  readonly #logger = new Logger(ErrorMask.name);

  constructor(private readonly config: Config) {}

  format(error: unknown, requestId: string): GraphQLFormattedError {
    const graphqlError = error instanceof GraphQLError ? error : null;
    const { description, violations, chatId } = this.describe(error, graphqlError, requestId);
    const { code, message, retryable, retryAfterMs } = description;
    return {
      message,
      ...(graphqlError?.locations && { locations: graphqlError.locations }),
      ...(graphqlError?.path && { path: graphqlError.path }),
      extensions: {
        code,
        retryable,
        ...(retryAfterMs !== null && { retryAfterMs }),
        ...(violations && { violations }),
        ...(chatId !== null && { chatId }),
        requestId,
      },
    };
  }

  private describe(error: unknown, graphqlError: GraphQLError | null, requestId: string) {
    const cause = graphqlError?.originalError ?? error;
    if (cause instanceof AppError) {
      const violations = cause instanceof BadUserInputError ? cause.violations : null;
      return { description: describeError(cause), violations, chatId: cause.chatId };
    }
    if (cause instanceof GraphQLError && isAboutTheDocument(cause, graphqlError)) {
      return { description: this.describeDocumentError(cause), ...NO_MORE };
    }
    this.#logger.error({ err: cause, requestId }, 'A request failed for a reason of our own');
    return { description: describeError(cause), ...NO_MORE };
  }

  private describeDocumentError(error: GraphQLError): ErrorDescription {
    const apolloCode = error.extensions.code;
    const code: ErrorDescription['code'] = isDocumentErrorCode(apolloCode)
      ? apolloCode
      : error.message.startsWith('Syntax Error')
        ? 'GRAPHQL_PARSE_FAILED'
        : apolloCode === undefined
          ? 'GRAPHQL_VALIDATION_FAILED'
          : 'BAD_USER_INPUT';
    const message = textWithoutQuotations(error);
    return {
      code,
      message: this.config.general.production ? withoutSuggestions(message) : message,
      retryable: false,
      retryAfterMs: null,
    };
  }
}

/**
 * An error with a path comes from execution. There GraphQL's own words are about our mistakes (a resolver's result that
 * its type cannot show), but for those that point at an argument in the document.
 */
const isAboutTheDocument = (cause: GraphQLError, located: GraphQLError | null): boolean =>
  !cause.path && (!located?.path || cause.nodes !== undefined);

const isDocumentErrorCode = (code: unknown): code is DocumentErrorCode =>
  code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED';
