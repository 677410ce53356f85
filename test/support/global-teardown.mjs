import { rm } from 'node:fs/promises';

export default async function tearDown() {
  const template = process.env.TEST_TEMPLATE_DIR;
  if (template) await rm(template, { recursive: true, force: true });
}
