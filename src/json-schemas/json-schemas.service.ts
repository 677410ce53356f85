import { Worker } from 'node:worker_threads';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { PatientTimer } from '../common/patient-timer.js';
import { FairQueue } from './fair-queue.js';
import { SchemaCheckError } from './schema-check.error.js';

/** The longest that one request's schemas may be looked at, in milliseconds. What clients write on purpose takes a few. */
const TIME_LIMIT_MS = 1_000;
/** The longest that a worker may take to be there. */
const START_LIMIT_MS = 10_000;
/** The longest that a chat waits until something of it has been checked, with all that others have checked before. */
const CHECK_LIMIT_MS = 5_000;
/** An idle worker, which holds some ten megabytes, is stopped: to start one takes a quarter of a second. */
const IDLE_MS = 600_000;
const MEMORY_MB = 64;

/** A schema that is none. */
export interface SchemaFault {
  /** Which of those that were given. */
  readonly index: number;
  /** Which word of JSON Schema is wrong in it; null: the schema itself. */
  readonly keyword: string | null;
}

/** A schema that texts are checked by: see client-schema.mjs. */
export interface ClientSchema {
  readonly draft: 'DRAFT_7' | 'DRAFT_2020_12';
  /** As JSON. Its keywords are those of the draft that are no notes, and its references lead to schemas in it. */
  readonly text: string;
  /** Those of its `pattern` and `patternProperties`. */
  readonly patterns: readonly string[];
}

/** What came of compiling: which pattern is at fault, where one is. */
export type Compilation = 'GOOD' | 'BAD' | { readonly pattern: number };

/** What the worker does. */
type Work =
  | { readonly findFault: readonly string[] }
  | { readonly tryToCompile: ClientSchema }
  | { readonly fits: ClientSchema; readonly text: string };

/** The worker is there, or has done what it was given. */
type Message = 'READY' | { readonly id: number; readonly result: unknown };

interface Task {
  readonly userId: string;
  readonly work: Work;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Checks that JSON Schemas (draft 2020-12, or 7 where they say so) are such, and that texts fit them. They are a client's,
 * so that happens in a worker, one request after the other, for a limited time. Users take turns, those first whose last
 * request did not take too long: what one of them has checked, however costly, keeps another waiting for one request. Nothing is kept: a schema that a text is
 * checked by is compiled for that text alone.
 */
@Injectable()
export class JsonSchemas implements OnModuleDestroy {
  readonly #logger = new Logger(JsonSchemas.name);
  readonly #waiting = new FairQueue<Task>();
  #current: Task | null = null;
  #worker: Worker | null = null;
  #isReady = false;
  #isStopped = false;
  #count = 0;
  #timer: PatientTimer | null = null;
  #idle: NodeJS.Timeout | null = null;

  /**
   * @param schemas as JSON
   * @returns the first that is none; null where all are; 'TOO_COSTLY' where that takes more time or memory than it may
   * @throws SchemaCheckError SERVICE_UNAVAILABLE
   */
  async findFault(userId: string, schemas: readonly string[]): Promise<SchemaFault | null | 'TOO_COSTLY'> {
    if (schemas.length === 0) return null;
    return (await this.#askInTime(userId, { findFault: schemas })) as SchemaFault | null | 'TOO_COSTLY';
  }

  /**
   * Whether texts can be checked by a schema.
   *
   * @throws SchemaCheckError SERVICE_UNAVAILABLE
   */
  async tryToCompile(userId: string, schema: ClientSchema): Promise<Compilation | 'TOO_COSTLY'> {
    return (await this.#askInTime(userId, { tryToCompile: schema })) as Compilation | 'TOO_COSTLY';
  }

  /**
   * Whether a text is JSON that fits a schema. Never throws: what cannot be checked has been paid for all the same.
   *
   * @returns null where the check takes more time or memory than it may, is aborted, or cannot be done at the moment
   */
  async fits(
    userId: string,
    schema: ClientSchema,
    text: string,
    signal: AbortSignal,
  ): Promise<boolean | null> {
    const limit = new AbortController();
    const timer = new PatientTimer(CHECK_LIMIT_MS, () => limit.abort());
    const ended = AbortSignal.any([signal, limit.signal]);
    try {
      const result = await this.#ask(userId, { fits: schema, text }, ended);
      return typeof result === 'boolean' ? result : null;
    } catch (error) {
      if (!ended.aborted) this.#logger.warn({ err: error }, 'A text was not checked by its schema');
      return null;
    } finally {
      timer.stop();
    }
  }

  async onModuleDestroy(): Promise<void> {
    const worker = this.#worker;
    this.#isStopped = true;
    for (const { reject } of this.#waiting.clear()) reject(new SchemaCheckError());
    this.#giveUp(new SchemaCheckError());
    await worker?.terminate();
  }

  /** @throws SchemaCheckError SERVICE_UNAVAILABLE where too many wait before it */
  async #askInTime(userId: string, work: Work): Promise<unknown> {
    const limit = new AbortController();
    const timer = new PatientTimer(CHECK_LIMIT_MS, () => limit.abort(new SchemaCheckError()));
    try {
      // What has begun has limits of its own.
      return await this.#ask(userId, work, limit.signal, { untilBegun: true });
    } finally {
      timer.stop();
    }
  }

  /** @param signal ends the wait; what has begun goes on, for its short time */
  #ask(userId: string, work: Work, signal?: AbortSignal, { untilBegun = false } = {}): Promise<unknown> {
    if (this.#isStopped) return Promise.reject(new SchemaCheckError());
    return new Promise((resolve, reject) => {
      // A signal that is made of others is kept for as long as something listens to it, and so is what listens.
      const end = (): void => signal?.removeEventListener('abort', leave);
      const task: Task = {
        userId,
        work,
        resolve: (result) => {
          end();
          resolve(result);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const leave = (): void => {
        if (untilBegun && this.#current === task) return;
        this.#waiting.remove(userId, task);
        task.reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        leave();
        return;
      }
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(userId, task);
      this.#next();
    });
  }

  #next(): void {
    const task = this.#current ? undefined : this.#waiting.take();
    if (!task) return;
    if (this.#idle) clearTimeout(this.#idle);
    this.#current = task;
    try {
      const worker = (this.#worker ??= this.#start());
      // While one waits for it, the process has something to wait for.
      worker.ref();
      this.#count += 1;
      worker.postMessage({ id: this.#count, work: task.work });
      if (this.#isReady) this.#limitTime(TIME_LIMIT_MS, 'TOO_COSTLY');
      else this.#limitTime(START_LIMIT_MS, new SchemaCheckError());
    } catch (error) {
      this.#logger.error({ err: error }, 'The worker that checks schemas does not start');
      this.#giveUp(new SchemaCheckError());
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./schema-worker.mjs', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 16 },
      // Nothing of the server's: neither its flags nor its variables, which hold keys.
      execArgv: [],
      env: {},
    });
    const isThis = (): boolean => this.#worker === worker;
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (!isThis()) return;
      const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!isTooLarge) this.#logger.error({ err: error }, 'The worker that checks schemas has failed');
      this.#giveUp(isTooLarge && this.#isReady ? 'TOO_COSTLY' : new SchemaCheckError());
    });
    worker.on('exit', () => {
      if (isThis()) this.#giveUp(new SchemaCheckError());
    });
    worker.on('message', (message: Message) => {
      if (isThis()) this.#take(message);
    });
    return worker;
  }

  #take(message: Message): void {
    if (message === 'READY') {
      this.#isReady = true;
      if (this.#current) this.#limitTime(TIME_LIMIT_MS, 'TOO_COSTLY');
      return;
    }
    if (message.id !== this.#count) return;
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#giveUp(new SchemaCheckError()), IDLE_MS).unref();
    this.#settle(message.result);
  }

  #limitTime(milliseconds: number, result: 'TOO_COSTLY' | SchemaCheckError): void {
    this.#timer?.stop();
    this.#timer = new PatientTimer(milliseconds, () => this.#giveUp(result));
  }

  #settle(result: unknown): void {
    const task = this.#current;
    this.#current = null;
    this.#timer?.stop();
    if (task) this.#waiting.note(task.userId, result === 'TOO_COSTLY');
    if (result instanceof SchemaCheckError) task?.reject(result);
    else task?.resolve(result);
    this.#next();
  }

  /** The worker is given up; what it was looking at comes to this. */
  #giveUp(result: 'TOO_COSTLY' | SchemaCheckError): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#isReady = false;
    if (this.#idle) clearTimeout(this.#idle);
    void worker?.terminate();
    this.#settle(result);
  }
}
