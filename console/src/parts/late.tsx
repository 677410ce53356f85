import {
  Component,
  type ComponentType,
  createElement,
  lazy,
  type ReactNode,
  Suspense,
  useState,
} from 'react';
import { restoreStyles } from '../app/early-styles';

type Load<Props> = () => Promise<{ readonly default: ComponentType<Props> }>;

interface LateLooks<Props> {
  /** In its place until it is there; left out: nothing. */
  readonly Waiting?: ComponentType<Props>;
  /** In its place where it could not be loaded. */
  readonly Failed: ComponentType<Props & Retry>;
}

export interface Retry {
  readonly onRetry: () => void;
}

export interface LatePart<Props> {
  (props: Props): ReactNode;
  /** Loads it before it is rendered: then it is there at once. */
  readonly load: Load<Props>;
  readonly isLoaded: () => boolean;
}

/**
 * A part of the page that is loaded when it is first rendered. Where that fails it can be tried again: what is around it stays
 * as it is.
 */
export function late<Props extends object>(
  load: Load<Props>,
  { Waiting, Failed }: LateLooks<Props>,
): LatePart<Props> {
  let loaded: ComponentType<Props> | null = null;
  // React keeps what a lazy component has failed with for good: the next attempt takes another one.
  const begin = () =>
    lazy(() =>
      loadHere().catch((cause: unknown) => {
        current = begin();
        throw new NotLoadedError('A part of the page could not be loaded.', { cause });
      }),
    );
  const loadHere: Load<Props> = async () => {
    await restoreStyles();
    const part = await load();
    loaded = part.default;
    return part;
  };
  let current = begin();

  function Late(props: Props): ReactNode {
    const [{ Part, attempt }, setAttempt] = useState({ Part: loaded ?? current, attempt: 0 });
    const retry = (): void => setAttempt({ Part: current, attempt: attempt + 1 });
    return (
      <LateBoundary key={attempt} failed={<Failed {...props} onRetry={retry} />}>
        <Suspense fallback={Waiting && <Waiting {...props} />}>{createElement(Part, props)}</Suspense>
      </LateBoundary>
    );
  }
  return Object.assign(Late, { load: loadHere, isLoaded: () => loaded !== null });
}

class NotLoadedError extends Error {
  override readonly name = 'NotLoadedError';
}

interface LateBoundaryProps {
  readonly failed: ReactNode;
  readonly children: ReactNode;
}

interface LateBoundaryState {
  readonly error: Error | null;
}

class LateBoundary extends Component<LateBoundaryProps, LateBoundaryState> {
  override state: LateBoundaryState = { error: null };

  static getDerivedStateFromError(error: Error): LateBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    // What the part itself throws is for the boundary of the page.
    if (!(error instanceof NotLoadedError)) throw error;
    return this.props.failed;
  }
}
