import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type TrainingData = Schemas['TrainingData']
export type ItemMetaData = Schemas['ItemMetaData']
export type DataVersion = Schemas['DataVersion']
export type UploadKind = 'training_data' | 'item_meta_data'
export type { DataProfile } from './profile'
