import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { Router } from 'wouter';
import { LanguageProvider, type Texts } from '../language/language-provider';
import { useSession } from '../session/use-session';
import { SignInPage } from './late-page';
import { PageBoundary } from './page-boundary';
import { SignedIn } from './signed-in';
import { Shell } from './shell';
import { theme } from './theme';

interface AppProps {
  readonly texts: Texts;
}

/**
 * The console. Mantine's variables and classes come with its style sheet, so that it adds no style element of its own.
 *
 * @param texts of the language to begin with
 */
export function App({ texts }: AppProps): ReactNode {
  const session = useSession();
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <LanguageProvider first={texts}>
        <PageBoundary>
          {session === null ? (
            <SignInPage />
          ) : (
            <SignedIn key={session.owner}>
              <Router base="/console">
                <Shell />
              </Router>
            </SignedIn>
          )}
        </PageBoundary>
      </LanguageProvider>
    </MantineProvider>
  );
}
