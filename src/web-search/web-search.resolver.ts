import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import type { RequestContext } from '../auth/request-context.js';
import { WebSearchInput, WebSearchResult } from './web-search.model.js';
import { WebSearchService } from './web-search.service.js';

@Resolver()
export class WebSearchResolver {
  constructor(private readonly searches: WebSearchService) {}

  @Query(() => WebSearchResult, {
    description:
      "Searches the web with the caller's key or, where the caller has none, the server's. It costs money: the answer is never cached.",
  })
  @NeedsScope('SEARCH')
  webSearch(
    @CurrentUser() user: AuthenticatedUser,
    @Args('input', { description: 'What to search for, and how.' }) input: WebSearchInput,
    @Context() context: RequestContext,
  ): Promise<WebSearchResult> {
    return this.searches.search(user, input, context.signal, context.requestId);
  }
}
