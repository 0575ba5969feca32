import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type TuningJob = Schemas['ParameterTuningJob']
export type NewTuningJob = Schemas['ParameterTuningJobRequest']
export type SplitConfig = Schemas['SplitConfig']
export type NewSplitConfig = Schemas['SplitConfigRequest']
export type EvaluationConfig = Schemas['EvaluationConfig']
export type NewEvaluationConfig = Schemas['EvaluationConfigRequest']
export type Trial = Schemas['Trial'] & { parameters: Record<string, unknown> }
export type Algorithm = Schemas['Algorithm']
export type Parameter = Schemas['Parameter']
export type Scheme = SplitConfig['scheme']
export type Metric = EvaluationConfig['target_metric']
export type JobStatus = TuningJob['status']
export const JOB_STATUSES = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
