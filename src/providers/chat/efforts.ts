/** What APIs call an effort of reasoning, where they know one. */
export const efforts = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;
