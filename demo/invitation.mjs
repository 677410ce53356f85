import { makeUpKeys } from './demo.mjs';
import { heading, say, show } from './screen.mjs';
import { REFUSED_ENDING } from './stand-in/stand-in.mjs';

/**
 * Says how to go on in a browser, with what is to be pasted there. The stand-in takes every key that looks like one from
 * now on: people type their own.
 *
 * @param {import('./demo.mjs').Demo} demo
 */
export function inviteToStay({ standIn, url, token, endpoint }) {
  standIn.acceptMadeUpKeys();
  heading('Over to you: all of it stays up');
  show('Console', `${url}/console#token=${token}`);
  say("It opens as alice's: her keys, a chat, usage, the audit trail and alerts.");
  say('');
  show('GraphiQL', `${url}/graphiql`);
  show('Token', token);
  say("It is alice's, too, for 12 hours. Paste it at the top, and click Use. Then, tab by tab:");
  say('Providers        ▶ shows whose key each provider and engine would be asked with');
  say('StoreKey         put a key from below between the quotes of "apiKey", and its provider above; then ▶');
  say('Chat             ▶ streams an answer with the first provider that alice has a key for');
  say('Search           ▶ searches the web');
  say('');
  say('Keys to paste, made up for the stand-in, which takes any of their shape:');
  const keys = makeUpKeys();
  for (const [provider, key] of Object.entries(keys)) show(provider, key);
  show('Where CUSTOM is', endpoint.baseUrl);
  say(
    `It goes beside the key: endpoint: { name: "${endpoint.name}", baseUrl: "…" }. A chat names provider, endpoint and model.`,
  );
  say(
    `One that ends in “${REFUSED_ENDING}” it refuses, as a provider would: a chat with it ends in KEY_REJECTED.`,
  );
  show('OPENAI', `${keys.OPENAI?.slice(0, -REFUSED_ENDING.length)}${REFUSED_ENDING}`);
  say('');
  show('Apollo Sandbox', `${url}/graphql`);
  say(
    'It comes from the internet. There the token goes into the header Authorization, after the word Bearer.',
  );
  say('');
  say('Ctrl-C stops everything and deletes its folder.');
}
