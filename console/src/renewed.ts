// The page in the hidden frame in which a token is renewed: it hands the provider's answer to the page around it.
import { UserManager } from 'oidc-client-ts';

const nothing = { authority: '', client_id: '', redirect_uri: '' };
await new UserManager(nothing).signinSilentCallback();
