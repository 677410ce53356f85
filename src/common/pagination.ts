import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { validate as isUuid } from 'uuid';
import { canonicalId } from './id.scalar.js';
import { BadUserInputError } from './input-errors.js';

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field({ description: 'Whether there are items after this page.' })
  hasNextPage!: boolean;

  @Field({ description: 'Whether there are items before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the first item; null on an empty page.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last item, for `after` of the next page; null on an empty page.',
  })
  endCursor!: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: 'How many items to return: 1 to 200.' })
  @IsInt()
  @Min(1)
  @Max(200)
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor after which the page begins.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  after?: string | null;
}

/** One page of a list whose items are ordered by id. */
export interface Connection<Node> {
  edges: { cursor: string; node: Node }[];
  pageInfo: PageInfo;
}

/**
 * The id that a cursor stands for.
 *
 * @throws BadUserInputError BAD_USER_INPUT for a cursor that no page gave out
 */
export function decodeCursor(cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!isUuid(id)) throw BadUserInputError.at('after', 'must be a cursor of an earlier page');
  return canonicalId(id);
}

const encodeCursor = (id: string): string => Buffer.from(id, 'latin1').toString('base64url');

/**
 * @param rows the items after the cursor, one more than `first` where there are more
 */
export function toConnection<Row extends { id: string }, Node>(
  rows: readonly Row[],
  page: { first: number; after?: string | null },
  toNode: (row: Row) => Node,
): Connection<Node> {
  const edges = rows.slice(0, page.first).map((row) => ({ cursor: encodeCursor(row.id), node: toNode(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null && page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
