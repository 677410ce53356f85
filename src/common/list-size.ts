import { Extensions } from '@nestjs/graphql';

/** The name under which a field's {@link ListSize} stands among its extensions in the schema. */
export const LIST_SIZE = 'listSize';

/** How many items a list may have at the most, for the cost of an operation that asks for it. */
export interface ListSize<Arguments = unknown> {
  /** A number, or what follows from the field's arguments, which are as its resolver gets them. */
  readonly size: number | ((args: Arguments) => number);
  /** The field of its result that is the list, where the field is none itself: `edges` of a page. */
  readonly of?: string;
}

/** Says how long a list may become. A test asks for it at every list that a query may return. */
export const MaxItems = <Arguments>(
  size: ListSize<Arguments>['size'],
  of?: string,
): MethodDecorator & PropertyDecorator =>
  Extensions({ [LIST_SIZE]: { size, ...(of !== undefined && { of }) } });
