import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type TrainedModel = Schemas['TrainedModel']
export type ModelConfiguration = Schemas['ModelConfiguration']
export type NewModel = Schemas['TrainedModelRequest']
export type NewConfiguration = Schemas['ModelConfigurationRequest']
export type RawSample = Schemas['SampleRecommendation']
export type MetadataSample = Schemas['SampleRecommendationMetadata']

/** One item as a person sees it; `details` comes from the item metadata when there is some. */
export interface ItemCard {
  itemId: string
  score: number | null
  details: Record<string, unknown>
}
export interface Sample {
  userId: string
  history: ItemCard[]
  recommendations: ItemCard[]
}
