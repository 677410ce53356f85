import { Gauge, type Registry } from 'prom-client';

/** What is looked at whenever it is asked for. */
export interface Reading {
  readonly name: string;
  readonly help: string;
  /** A number; with a label, one for each of its values. */
  readonly read: () => number | Promise<number>;
}

export interface LabelledReading extends Omit<Reading, 'read'> {
  readonly label: string;
  readonly read: () => Readonly<Record<string, number>>;
}

/** Registers gauges that cost nothing between two scrapes. */
export function registerReadings(registry: Registry, readings: readonly (Reading | LabelledReading)[]): void {
  for (const reading of readings) {
    const { name, help } = reading;
    new Gauge({
      name,
      help,
      labelNames: 'label' in reading ? [reading.label] : [],
      registers: [registry],
      async collect() {
        if (!('label' in reading)) this.set(await reading.read());
        else
          for (const [value, number] of Object.entries(reading.read()))
            this.set({ [reading.label]: value }, number);
      },
    });
  }
}
