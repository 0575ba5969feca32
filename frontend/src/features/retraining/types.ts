import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Schedule = Schemas['RetrainingSchedule']
export type NewSchedule = Schemas['RetrainingScheduleRequest']
export type ScheduleChanges = Schemas['PatchedRetrainingScheduleRequest']
export type Run = Schemas['RetrainingRun']
export type RunStatus = Run['status']
export const RUN_STATUSES = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'SKIPPED'] as const
export type Webhook = Schemas['Webhook']
export type NewWebhook = Schemas['WebhookRequest']
export type WebhookChanges = Schemas['PatchedWebhookRequest']
export type MadeWebhook = Schemas['NewWebhook']
export const WEBHOOK_EVENTS = ['run_failed', 'run_completed', 'run_skipped'] as const
