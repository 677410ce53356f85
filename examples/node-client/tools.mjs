// Lets the model call a tool of this script: node tools.mjs "What time is it in Tokyo?"
const { KEYSTREAM_URL = 'http://127.0.0.1:4000/graphql', KEYSTREAM_TOKEN } = process.env;
const question = process.argv.slice(2).join(' ');
if (!KEYSTREAM_TOKEN || !question) {
  console.error('Usage: KEYSTREAM_TOKEN=<token> node tools.mjs <question>');
  process.exit(1);
}

/** More turns than this are a model that goes round in circles. */
const MOST_TURNS = 8;

const tools = [
  {
    name: 'get_time',
    description: 'The date and time in a time zone, now.',
    parameters: {
      type: 'object',
      properties: { timeZone: { type: 'string', description: 'As in the IANA database: Asia/Tokyo.' } },
      required: ['timeZone'],
      additionalProperties: false,
    },
  },
];

/** Runs a call. Its name and arguments are the word of the model: whatever is wrong with them, the model is told. */
function run(/** @type {{ name: string, arguments: any }} */ call) {
  if (call.name !== 'get_time') return 'There is no such tool.';
  const timeZone = call.arguments?.timeZone;
  if (typeof timeZone !== 'string') return 'timeZone must be a text.';
  try {
    return new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'full', timeStyle: 'long' }).format();
  } catch {
    return 'There is no such time zone.';
  }
}

const COMPLETE = /* GraphQL */ `
  mutation Complete($input: ChatInput!) {
    completeChat(input: $input) {
      text
      toolCalls {
        id
        name
        arguments
      }
      transcript
    }
  }
`;

/** @param {object[]} messages @returns {Promise<any>} */
async function complete(messages) {
  const response = await fetch(KEYSTREAM_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYSTREAM_TOKEN}` },
    body: JSON.stringify({ query: COMPLETE, variables: { input: { messages, tools } } }),
  });
  const { data, errors } = /** @type {any} */ (await response.json());
  if (errors?.[0]) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
  return data.completeChat;
}

try {
  /** @type {object[]} */
  const messages = [{ role: 'USER', content: question }];
  for (let turn = 0; ; turn += 1) {
    const { text, toolCalls, transcript } = await complete(messages);
    if (toolCalls.length === 0) {
      console.log(text);
      break;
    }
    if (turn === MOST_TURNS) throw new Error('The model calls tools, and does not come to an end.');
    messages.push({ role: 'ASSISTANT', content: text, toolCalls, transcript });
    for (const call of toolCalls) {
      console.error(`${call.name} ${JSON.stringify(call.arguments)}`);
      messages.push({ role: 'TOOL', toolCallId: call.id, content: run(call) });
    }
  }
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
