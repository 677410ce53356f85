import { Worker } from 'node:worker_threads';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { PatientTimer } from '../common/patient-timer.js';
import { SchemaCheckError } from './schema-check.error.js';

/** The longest that one request's schemas may be looked at, in milliseconds. What clients write on purpose takes a few. */
const TIME_LIMIT_MS = 1_000;
/** The longest that a worker may take to be there. */
const START_LIMIT_MS = 10_000;
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

/** The worker is there, or has looked at what it was given. */
type Message = 'READY' | { readonly id: number; readonly fault: SchemaFault | null };

type Result = SchemaFault | null | 'TOO_COSTLY';

interface Task {
  readonly schemas: readonly string[];
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Checks that JSON Schemas (draft 2020-12, or 7 where they say so) are such. They are a client's, so that happens in a
 * worker, one request after the other, for a limited time; none is compiled, and none is kept.
 */
@Injectable()
export class JsonSchemas implements OnModuleDestroy {
  readonly #logger = new Logger(JsonSchemas.name);
  readonly #waiting: Task[] = [];
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
  async findFault(schemas: readonly string[]): Promise<Result> {
    if (schemas.length === 0) return null;
    if (this.#isStopped) throw new SchemaCheckError();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ schemas, resolve, reject });
      this.#next();
    });
  }

  async onModuleDestroy(): Promise<void> {
    const worker = this.#worker;
    this.#isStopped = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new SchemaCheckError());
    this.#giveUp(new SchemaCheckError());
    await worker?.terminate();
  }

  #next(): void {
    const task = this.#current ? undefined : this.#waiting.shift();
    if (!task) return;
    if (this.#idle) clearTimeout(this.#idle);
    this.#current = task;
    try {
      const worker = (this.#worker ??= this.#start());
      // While one waits for it, the process has something to wait for.
      worker.ref();
      this.#count += 1;
      worker.postMessage({ id: this.#count, schemas: task.schemas });
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
    this.#settle(message.fault);
  }

  #limitTime(milliseconds: number, result: 'TOO_COSTLY' | SchemaCheckError): void {
    this.#timer?.stop();
    this.#timer = new PatientTimer(milliseconds, () => this.#giveUp(result));
  }

  #settle(result: Result | SchemaCheckError): void {
    const task = this.#current;
    this.#current = null;
    this.#timer?.stop();
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
