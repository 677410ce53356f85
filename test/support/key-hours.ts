import type { Prisma, PrismaClient } from '../../src/prisma/generated/client.js';

/** Writes sums by key, and those that they are parts of: as nothing, where the test has not written them before. */
export async function addKeyHours(
  client: Pick<PrismaClient, 'usageHour' | 'keyHour'>,
  data: Prisma.KeyHourCreateManyInput[],
): Promise<void> {
  await client.usageHour.createMany({
    data: data.map(({ userId, hour, provider, keySource }) => ({ userId, hour, provider, keySource })),
    skipDuplicates: true,
  });
  await client.keyHour.createMany({ data });
}
