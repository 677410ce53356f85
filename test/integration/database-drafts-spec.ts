import { draftMigration, findDataLoss, migrationDirectoryName } from '../../src/prisma/draft-migration.js';
import { readMigrations, readSchema } from '../../src/prisma/migrations-folder.js';

describe('A drafted migration', () => {
  const draft = async (change: (schema: string) => string) =>
    draftMigration(await readMigrations(), {
      files: [{ path: 'schema.prisma', content: change(await readSchema()) }],
    });

  it('is nothing where the schema is what the migrations amount to', async () => {
    expect(await draft((schema) => schema)).toBeNull();
  });

  it('holds what the schema has and the migrations have not, and nothing else', async () => {
    const script = await draft((schema) => schema.replace('  maskedKey ', '  colour String?\n  maskedKey '));
    expect(script?.replace(/--.*/g, '').trim()).toMatch(
      /^ALTER TABLE "api_keys" ADD COLUMN +"colour" TEXT;$/,
    );
    expect(findDataLoss(script ?? '')).toEqual([]);
  });

  it('is known by what it throws away', async () => {
    const script = await draft((schema) => schema.replace(/^ +detail .*$/m, ''));
    expect(findDataLoss(script ?? '')).toEqual(['The column "detail" is dropped, with everything in it.']);
  });

  it('is named by the time and by what it is about', () => {
    expect(migrationDirectoryName(' Add the Colour! ', new Date('2026-01-02T03:04:05.678Z'))).toBe(
      '20260102030405_add_the_colour',
    );
  });
});
