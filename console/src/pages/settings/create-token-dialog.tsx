import { useApolloClient } from '@apollo/client/react';
import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CreateAccessTokenDocument } from '../../generated/settings';
import { useAnnounce } from '../../parts/announce';
import { Dialog } from '../../parts/dialog';
import { DialogButtons } from '../../parts/dialog-buttons';
import { FailureNotice } from '../../parts/failure-notice';
import { MomentField } from '../../parts/moment-field';
import { showMistakes } from '../../parts/show-mistakes';
import {
  emptyTokenForm,
  LIFETIMES_DAYS,
  OTHER,
  scopes as allScopes,
  tokenInput,
  type TokenMistake,
  tokenMistakes,
} from './token-form';
import { TokenSecret } from './token-secret';

interface CreateTokenDialogProps {
  readonly onCreated: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly returnTo: readonly string[];
}

/** Makes a token, and shows it this once: with the dialog goes the only copy that the page has. */
export default function CreateTokenDialog({
  onCreated,
  onClose,
  returnTo,
}: CreateTokenDialogProps): ReactNode {
  const t = useTranslations('settings');
  const [secret, setSecret] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  return (
    <Dialog
      title={t(secret === null ? 'createToken' : 'secretTitle')}
      onClose={onClose}
      // Its answer would find nobody to show the secret to.
      isBusy={isMaking}
      returnTo={returnTo}
    >
      {secret === null ? (
        <TokenForm
          {...{ onClose, isMaking }}
          onMaking={setMaking}
          onSecret={(made) => {
            setSecret(made);
            void onCreated();
          }}
        />
      ) : (
        <TokenSecret secret={secret} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  readonly isMaking: boolean;
  readonly onMaking: (isMaking: boolean) => void;
  readonly onSecret: (secret: string) => void;
  readonly onClose: () => void;
}

function TokenForm({ isMaking, onMaking, onSecret, onClose }: TokenFormProps): ReactNode {
  const t = useTranslations('settings');
  const client = useApolloClient();
  const announce = useAnnounce();
  const [form, setForm] = useState(emptyTokenForm);
  const [mistakes, setMistakes] = useState<readonly TokenMistake[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const change = (changes: Partial<typeof form>): void => setForm({ ...form, ...changes });
  const errorOf = (field: TokenMistake, text: string): string | false => mistakes.includes(field) && text;

  async function submit(event: SyntheticEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const found = tokenMistakes(form);
    showMistakes(event.currentTarget, () => {
      setMistakes(found);
      setFailure(null);
    });
    if (found.length > 0) return;
    onMaking(true);
    try {
      // Its answer holds the secret: it goes into no cache.
      const { data } = await client.mutate({
        mutation: CreateAccessTokenDocument,
        variables: { input: tokenInput(form, new Date()) },
        fetchPolicy: 'no-cache',
      });
      if (!data) return;
      const { accessToken, secret } = data.createAccessToken;
      onSecret(secret);
      announce(t('saidCreated', { name: accessToken.name }));
    } catch (error) {
      setFailure(error);
    } finally {
      onMaking(false);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          autoComplete="off"
          required
          maxLength={100}
          value={form.name}
          error={errorOf('name', t('nameMissing'))}
          onChange={(event) => change({ name: event.currentTarget.value })}
          data-autofocus
        />
        <Checkbox.Group
          label={t('scopes')}
          description={t('scopesHint')}
          required
          value={[...form.scopes]}
          error={errorOf('scopes', t('scopesMissing'))}
          onChange={(scopes) => change({ scopes: scopes })}
        >
          <Stack gap="xs" mt="xs" mb="xs">
            {allScopes.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={scope}
                description={t(`scope.${scope}`)}
                aria-invalid={mistakes.includes('scopes')}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label={t('expires')}
          value={form.lifetime}
          onChange={(event) => change({ lifetime: event.currentTarget.value })}
          data={[
            ...LIFETIMES_DAYS.map((days) => ({ value: String(days), label: t('expiresIn', { days }) })),
            { value: OTHER, label: t('expiresOther') },
          ]}
        />
        {form.lifetime === OTHER && (
          <MomentField
            label={t('expiresAt')}
            value={form.expiresAt}
            error={errorOf('expiresAt', t('expiresMissing'))}
            onChange={(expiresAt) => change({ expiresAt })}
          />
        )}
        {failure !== null && <FailureNotice error={failure} />}
        <DialogButtons action={t('create')} isBusy={isMaking} onClose={onClose} />
      </Stack>
    </form>
  );
}
