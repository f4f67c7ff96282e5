/** The parts of a debt, by the names they have in bodies, rows and accounts. */

export const PARTS = ['principal', 'interest', 'penalty', 'cost'] as const;
export type Part = (typeof PARTS)[number];
