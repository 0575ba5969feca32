import type { FilePayload } from './pages/projectPages'

export interface ProjectColumns {
  user: string
  item: string
  time: string | null
}
export interface ShopData<F = string | FilePayload> {
  columns: ProjectColumns
  interactions: F
  items: F
}

export const csv = (name: string, lines: string[]): FilePayload => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(`${lines.join('\n')}\n`),
})

const USERS = 120
const ITEMS = 60
const SHELVES = 6
const DAY = 86_400

/** Users who mostly take from one shelf, so that there is something to learn; the same on each run. */
export function madeUp(): ShopData<FilePayload> {
  const interactions = ['customer,product,bought_at']
  for (let user = 0; user < USERS; user++) {
    for (let n = 0; n < 5 + ((user * 13) % 17); n++) {
      const shelf = n % 4 === 3 ? (user + n) % SHELVES : user % SHELVES
      const item = shelf + SHELVES * ((user * user + n * n * 3) % (ITEMS / SHELVES))
      const at = new Date((1_700_000_000 + (user * 3 + n * 11) * DAY) * 1000)
      interactions.push(`c${String(user)},p${String(item)},${at.toISOString()}`)
    }
  }
  const items = ['product,title,shelf']
  for (let item = 0; item < ITEMS; item++) {
    items.push(`p${String(item)},Product number ${String(item)},Shelf ${String(item % SHELVES)}`)
  }
  return {
    columns: { user: 'customer', item: 'product', time: 'bought_at' },
    interactions: csv('orders.csv', interactions),
    items: csv('products.csv', items),
  }
}

/** Files and columns named by the environment, or a small made-up shop. */
export function shopData(): ShopData {
  const { RECOTEM_E2E_DATA: data, RECOTEM_E2E_ITEMS: items } = process.env
  if (!data || !items) return madeUp()
  return {
    columns: {
      user: process.env.RECOTEM_E2E_USER_COLUMN ?? 'userId',
      item: process.env.RECOTEM_E2E_ITEM_COLUMN ?? 'movieId',
      time: process.env.RECOTEM_E2E_TIME_COLUMN ?? null,
    },
    interactions: data,
    items,
  }
}
