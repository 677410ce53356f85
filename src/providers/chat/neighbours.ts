/** Puts neighbours of one role together: some APIs, and gateways that speak like them, refuse a conversation with such. */
export function neighboursIn<Turn extends { readonly role: string }>(
  turns: readonly Turn[],
): [Turn, ...Turn[]][] {
  const groups: [Turn, ...Turn[]][] = [];
  for (const turn of turns) {
    const last = groups.at(-1);
    if (last?.[0].role === turn.role) last.push(turn);
    else groups.push([turn]);
  }
  return groups;
}
