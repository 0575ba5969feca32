const DAY_MS = 86_400_000
/** Days that a key may be given; 0 is for ever. */
export const LIFETIMES = [0, 30, 90, 365]

export const expiryAfter = (days: number, now = Date.now()): string | null =>
  days === 0 ? null : new Date(now + days * DAY_MS).toISOString()
