/** What the tabs hold at first. A key goes into the variables, never into the query. */
export const tabs = [
  {
    query: `# Which providers can I use, and whose key would pay?
query Providers {
  providers {
    provider
    displayName
    keySource
    defaultModel
  }
  apiKeys {
    id
    provider
    name
    maskedKey
    status
    health
  }
}
`,
  },
  {
    query: `# The key goes into the variables below, never into the query.
mutation StoreKey($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) {
    apiKey {
      id
      provider
      name
      maskedKey
      status
    }
    replacedKeyId
  }
}
`,
    variables: `{
  "input": { "provider": "OPENAI", "apiKey": "", "name": "My key" }
}`,
  },
  {
    query: `# The answer streams in below.
subscription Chat($input: ChatInput!) {
  chat(input: $input) {
    __typename
    seq
    ... on ChatStarted {
      provider
      model
      keySource
      maskedKey
    }
    ... on TextDelta {
      text
    }
    ... on ReasoningDelta {
      text
    }
    ... on ChatCompleted {
      finishReason
      usage {
        inputTokens
        outputTokens
      }
      timings {
        keyResolutionMs
        timeToFirstTokenMs
        totalMs
      }
    }
    ... on ChatFailed {
      error {
        code
        message
        retryable
      }
    }
  }
}
`,
    variables: `{
  "input": {
    "messages": [
      { "role": "USER", "content": "Why is the sky blue?" }
    ]
  }
}`,
  },
  {
    query: `# With the first engine that I have a key for.
query Search($input: WebSearchInput!) {
  webSearch(input: $input) {
    provider
    keySource
    results {
      title
      url
    }
  }
}
`,
    variables: `{
  "input": { "query": "envelope encryption", "limit": 5 }
}`,
  },
];
