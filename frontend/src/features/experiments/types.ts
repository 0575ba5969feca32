import type { components, paths } from '@/api/schema'

type Schemas = components['schemas']
export type AbTest = Schemas['ABTest']
export type NewTest = Schemas['ABTestRequest']
export type TestMetric = Schemas['ABTestMetric']
export type Results = Schemas['Results']
export type Attribution = Schemas['Attribution']
export const ATTRIBUTIONS = ['user', 'request'] as const
export type Guardrail = Schemas['Guardrail']
export type DayOfTest = Schemas['DayOfTest']
export type Plan = Schemas['Plan']
export type PlanWish = NonNullable<
  paths['/api/v1/project/{id}/ab_test_plan/']['get']['parameters']['query']
>
export const TEST_METRICS = ['ctr', 'purchase_rate', 'conversion_rate'] as const

export type Event = Schemas['ConversionEvent']
export type EventType = Schemas['EventType']
export type NewExport = Schemas['EventExportRequest']
export type EventFilter = Omit<
  NonNullable<paths['/api/v1/conversion_event/']['get']['parameters']['query']>,
  'page_size'
>
export const EVENT_TYPES = ['impression', 'click', 'purchase'] as const
