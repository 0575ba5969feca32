import type { ItemCard, MetadataSample as WithMetadata, RawSample as Raw, Sample } from './types'

type Details = Record<string, unknown>

const bare = (itemId: string, score: number | null): ItemCard => ({ itemId, score, details: {} })

export const sampleFromRaw = (raw: Raw): Sample => ({
  userId: raw.user_id,
  history: raw.user_profile.map((itemId) => bare(itemId, null)),
  recommendations: raw.recommendations.map(({ item_id, score }) => bare(item_id, score)),
})

function card(record: Details, itemColumn: string): ItemCard {
  const { score, ...rest } = record
  const itemId = String(rest[itemColumn] ?? rest.item_id ?? '')
  const own = new Set([itemColumn, 'item_id'])
  const details = Object.fromEntries(Object.entries(rest).filter(([name]) => !own.has(name)))
  return { itemId, score: typeof score === 'number' ? score : null, details }
}

const records = (json: string): Details[] => JSON.parse(json) as Details[]

/** The metadata answer carries its lists as JSON text of records. */
export const sampleFromMetadata = (answer: WithMetadata, itemColumn: string): Sample => ({
  userId: answer.user_id,
  history: records(answer.user_profile).map((record) => card(record, itemColumn)),
  recommendations: records(answer.recommendations).map((record) => card(record, itemColumn)),
})

const TITLE = /^(title|name|label|item_?name|product_?name)$/i
const PICTURE = /(image|picture|thumbnail|poster|photo)/i

export interface ItemLook {
  title: string
  subtitle: string
  picture: string | null
}

const text = (value: unknown): string =>
  value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** Which of the metadata columns is the title, the picture and what else is worth a line. */
export function lookOf({ itemId, details }: ItemCard): ItemLook {
  const entries = Object.entries(details).map(([name, value]) => [name, text(value)] as const)
  const filled = entries.filter(([, value]) => value !== '')
  const title =
    filled.find(([name]) => TITLE.test(name)) ?? filled.find(([, v]) => isNaN(Number(v)))
  const picture = filled.find(
    ([name, v]) => PICTURE.test(name) && /^(https:\/\/|data:image\/)/.test(v),
  )
  const others = filled.filter((entry) => entry !== title && entry !== picture)
  return {
    title: title?.[1] ?? itemId,
    subtitle: others
      .slice(0, 2)
      .map(([, value]) => value.replaceAll('|', ', '))
      .join(' · '),
    picture: picture?.[1] ?? null,
  }
}

/** A configuration without a name is called by its algorithm. */
export const nameOf = (row: { name: string | null; recommender_class_name: string }): string =>
  row.name ?? shortClassName(row.recommender_class_name)

export const shortClassName = (name: string | undefined): string =>
  name?.replace(/Recommender$/, '') ?? ''
