import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { IntlProvider } from 'use-intl';
import type { Messages } from './en';
import { keepLanguage, type Language, languages } from './languages';

interface Choice {
  /** What was chosen last; what is shown, where that could not be loaded. */
  readonly language: Language;
  /** The one that was chosen last, and could not be loaded. */
  readonly lost: Language | null;
  readonly choose: (language: Language) => void;
}

const ChoiceContext = createContext<Choice | null>(null);

/** The language that is shown, and the way to another one. */
export function useLanguage(): Choice {
  const choice = useContext(ChoiceContext);
  if (choice === null) throw new Error('useLanguage needs a LanguageProvider around it.');
  return choice;
}

/** The texts of a language. */
export interface Texts {
  readonly language: Language;
  readonly messages: Messages;
}

interface LanguageProviderProps {
  readonly first: Texts;
  readonly children: ReactNode;
}

/** Shows what it holds in the first language, and in another one as soon as its texts are there. */
export function LanguageProvider({ first, children }: LanguageProviderProps): ReactNode {
  const [language, setLanguage] = useState(first.language);
  const [texts, setTexts] = useState(first);
  const [lost, setLost] = useState<Language | null>(null);

  useEffect(() => {
    document.documentElement.lang = texts.language;
  }, [texts]);
  useEffect(() => {
    if (language === texts.language) return;
    let isWanted = true;
    const show = (messages: Messages): void => {
      if (!isWanted) return;
      setTexts({ language, messages });
      keepLanguage(language);
    };
    const goBack = (): void => {
      if (!isWanted) return;
      setLost(language);
      setLanguage(texts.language);
    };
    languages[language].load().then(show, goBack);
    return () => {
      isWanted = false;
    };
  }, [language, texts]);

  const choose = useCallback((chosen: Language) => {
    setLost(null);
    setLanguage(chosen);
  }, []);
  const choice = useMemo(() => ({ language, lost, choose }), [language, lost, choose]);

  return (
    <ChoiceContext value={choice}>
      <IntlProvider locale={texts.language} messages={texts.messages} timeZone={timeZone}>
        {children}
      </IntlProvider>
    </ChoiceContext>
  );
}

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
