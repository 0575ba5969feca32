/** How a link of a rail looks, and how the one that leads here. */
export const RAIL_LINK =
  'flex items-center gap-3 rounded-md px-3 py-2 whitespace-nowrap text-muted hover:bg-sunken hover:text-text'
export const RAIL_HERE = '!bg-accent-soft !text-text font-medium'
