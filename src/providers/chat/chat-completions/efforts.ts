/** What the APIs of this dialect call an effort, where they know one. */
export const efforts = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;
