import { Worker } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PatientTimer } from '../common/patient-timer.js';

/** The longest that one request's schemas may be looked at, in milliseconds. What clients write on purpose takes a few. */
const TIME_LIMIT_MS = 1_000;
/** The first look waits for the worker to be there, too. */
const START_LIMIT_MS = 10_000;
/** An idle worker, which holds some ten megabytes, is stopped. */
const IDLE_MS = 60_000;
const MEMORY_MB = 64;

/** A schema that is none. */
export interface SchemaFault {
  /** Which of those that were given. */
  readonly index: number;
  /** Which word of JSON Schema is wrong in it; null: the schema itself. */
  readonly keyword: string | null;
}

interface Answer {
  readonly id: number;
  readonly fault: SchemaFault | null;
}

interface Task {
  readonly schemas: readonly string[];
  /** Null: it took too long, or more memory than it may. */
  readonly settle: (answer: Answer | null) => void;
}

/**
 * Checks that JSON Schemas (draft 2020-12, or 7 where they say so) are such. They are a client's, so that happens in a
 * worker, one request after the other, for a limited time; none is compiled, and none is kept.
 */
@Injectable()
export class JsonSchemas implements OnModuleDestroy {
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
   * @returns the first that is none; null where all are; 'TOO_COSTLY' where that cannot be told in time
   */
  async findFault(schemas: readonly string[]): Promise<SchemaFault | null | 'TOO_COSTLY'> {
    if (schemas.length === 0) return null;
    if (this.#isStopped) return 'TOO_COSTLY';
    const answer = await new Promise<Answer | null>((settle) => {
      this.#waiting.push({ schemas, settle });
      this.#next();
    });
    return answer === null ? 'TOO_COSTLY' : answer.fault;
  }

  async onModuleDestroy(): Promise<void> {
    const worker = this.#worker;
    this.#isStopped = true;
    for (const { settle } of this.#waiting.splice(0)) settle(null);
    this.#end();
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current) return;
    const task = this.#waiting.shift();
    if (!task) return;
    this.#current = task;
    if (this.#idle) clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    // While one waits for it, the process has something to wait for.
    worker.ref();
    const limitMs = this.#isReady ? TIME_LIMIT_MS : START_LIMIT_MS;
    this.#timer = new PatientTimer(limitMs, () => this.#end());
    this.#count += 1;
    worker.postMessage({ id: this.#count, schemas: task.schemas });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./schema-worker.mjs', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 16 },
      // Nothing of the server's: neither its flags nor its variables, which hold keys.
      execArgv: [],
      env: {},
    });
    const endThis = (): void => {
      if (this.#worker === worker) this.#end();
    };
    worker.on('error', endThis);
    worker.on('exit', endThis);
    worker.on('message', (answer: Answer) => {
      if (this.#worker === worker && answer.id === this.#count) this.#settle(answer);
    });
    return worker;
  }

  #settle(answer: Answer | null): void {
    const task = this.#current;
    this.#current = null;
    this.#timer?.stop();
    if (answer) {
      this.#isReady = true;
      this.#worker?.unref();
      this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
    }
    task?.settle(answer);
    this.#next();
  }

  /** The worker is given up, and what it was looking at. */
  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#isReady = false;
    if (this.#idle) clearTimeout(this.#idle);
    void worker?.terminate();
    this.#settle(null);
  }
}
