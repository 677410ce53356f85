import type { Violations } from '../../chat/conversation/violations.js';
import { isJsonObject } from '../../common/is-json-object.js';
import { hasKey } from '../../keys/key-likeness.js';

/** What an unknown field must be called to be named in an error, and not have a key in it that was pasted into its place. */
const SHOWN_NAME = /^[A-Za-z_][\w.-]{0,63}$/;

const NOT_SUPPORTED = 'is not supported here: leave it out';

/**
 * Reads one object of a request, field by field. What was not read when it is {@link close}d is refused: nothing that a client
 * asks for is left out in silence. A field that is null counts as left out.
 */
export class ObjectReader {
  readonly #known = new Set<string>();

  private constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    /** Empty for the request itself. */
    readonly path: string,
    readonly violations: Violations,
  ) {}

  /** @returns null, and says so, where the value is no object */
  static open(value: unknown, path: string, violations: Violations): ObjectReader | null {
    if (isJsonObject(value)) return new ObjectReader(value, path, violations);
    violations.add(path === '' ? 'request' : path, 'must be an object');
    return null;
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  refuse(name: string, message: string): null {
    this.violations.add(this.at(name), message);
    return null;
  }

  /** Whatever stands there; null for nothing. */
  any(name: string): unknown {
    this.#known.add(name);
    return (Object.hasOwn(this.object, name) ? this.object[name] : null) ?? null;
  }

  text(name: string): string | null {
    const value = this.any(name);
    if (value === null || typeof value === 'string') return value;
    return this.refuse(name, 'must be a text');
  }

  requiredText(name: string): string {
    const isThere = this.any(name) !== null;
    if (!isThere) this.refuse(name, 'is required');
    return this.text(name) ?? '';
  }

  boolean(name: string): boolean | null {
    const value = this.any(name);
    if (value === null || typeof value === 'boolean') return value;
    return this.refuse(name, 'must be true or false');
  }

  number(name: string): number | null {
    const value = this.any(name);
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
    return this.refuse(name, 'must be a number');
  }

  list(name: string): readonly unknown[] | null {
    const value = this.any(name);
    if (value === null || Array.isArray(value)) return value;
    return this.refuse(name, 'must be a list');
  }

  reader(name: string): ObjectReader | null {
    const value = this.any(name);
    return value === null ? null : ObjectReader.open(value, this.at(name), this.violations);
  }

  /** @returns null for anything else, which is refused */
  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | null {
    const value = this.any(name);
    const found = values.find((each) => each === value);
    if (value === null || found !== undefined) return found ?? null;
    return this.refuse(name, `must be ${listed(values)}`);
  }

  /** What says no more than is done anyway. @param values beside null */
  onlyDefaults(name: string, values: readonly (string | number | boolean)[]): void {
    const value = this.any(name);
    if (value === null || values.some((each) => each === value)) return;
    const orSay = values.length === 0 ? '' : `, or say ${listed(values)}`;
    this.refuse(name, `${NOT_SUPPORTED}${orSay}`);
  }

  /** What may stand there with nothing in it. */
  onlyEmpty(name: string): void {
    const value = this.any(name);
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!isEmpty) this.refuse(name, NOT_SUPPORTED);
  }

  /** Means nothing here, whatever it says. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#known.add(name);
  }

  close(): void {
    for (const name of Object.keys(this.object)) {
      if (this.violations.areMany) return;
      if (this.#known.has(name)) continue;
      if (SHOWN_NAME.test(name) && !hasKey(name)) this.refuse(name, NOT_SUPPORTED);
      else
        this.violations.add(
          this.path === '' ? 'request' : this.path,
          'has a field that is not supported here, and whose name is not repeated',
        );
    }
  }
}

const listed = (values: readonly (string | number | boolean)[]): string => values.map(String).join(' or ');
