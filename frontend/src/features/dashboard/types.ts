import type { components } from '@/api/schema'

export type TrafficDay = components['schemas']['TrafficDay']
