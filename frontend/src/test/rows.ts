import type { Project } from '@/features/projects/types'
import type { TrainingData } from '@/features/datasets/types'
import type { ModelConfiguration, TrainedModel } from '@/features/models/types'
import type { Algorithm, Parameter, Trial, TuningJob } from '@/features/tuning/types'
import type { HeldOut, Report } from '@/composables/useReportFigures'

const stamps = { ins_datetime: '2026-03-01T10:00:00Z', updated_at: '2026-03-01T10:00:00Z' }

export const aProject = (changes: Partial<Project> = {}): Project => ({
  id: 3,
  name: 'Shop',
  owner: 1,
  role: 'owner',
  user_column: 'customer',
  item_column: 'product',
  time_column: 'bought_at',
  exposure_sampling: 0,
  ...stamps,
  ...changes,
})

export const aFile = (changes: Partial<TrainingData> = {}): TrainingData => ({
  id: 5,
  project: 3,
  file: 'training_data/3/orders.csv',
  basename: 'orders.csv',
  filesize: 55_300,
  status: 'READY',
  error: '',
  version: 1,
  n_rows: 1680,
  n_users: 120,
  n_items: 60,
  ...stamps,
  ...changes,
})

export const aJob = (changes: Partial<TuningJob> = {}): TuningJob => ({
  id: 17,
  project: 3,
  data: 5,
  data_version: 1,
  split: 8,
  evaluation: 9,
  n_tasks_parallel: 1,
  n_trials: 6,
  memory_budget: 8000,
  timeout_overall: null,
  timeout_singlestep: null,
  random_seed: null,
  tried_algorithms_json: null,
  train_after_tuning: true,
  status: 'RUNNING',
  error: '',
  progress: {},
  n_trials_done: 0,
  best_score: null,
  best_config: null,
  tuned_model: null,
  result: null,
  irspack_version: '',
  task_links: [],
  started_at: '2026-03-01T10:00:00Z',
  ended_at: '',
  ...stamps,
  ...changes,
})

export const aTrial = (number: number, changes: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'COMPLETED',
  stage: 'screening',
  algorithm: 'IALS',
  parameters: { n_components: 64 },
  score: 0.5,
  metrics: { ndcg: 0.5 },
  seconds: 1.5,
  error: '',
  started_at: '2026-03-01T10:00:00Z',
  ended_at: '2026-03-01T10:00:02Z',
  ...changes,
})

export const aParameter = (changes: Partial<Parameter> = {}): Parameter => ({
  name: 'n_components',
  type: 'int',
  default: 64,
  minimum: 1,
  maximum: 4096,
  choices: [],
  searched: false,
  search_low: null,
  search_high: null,
  log: false,
  ...changes,
})

export const aConfiguration = (changes: Partial<ModelConfiguration> = {}): ModelConfiguration => ({
  id: 2,
  project: 3,
  name: 'Wide',
  recommender_class_name: 'IALSRecommender',
  parameters_json: {},
  tuning_job: null,
  ...stamps,
  ...changes,
})

export const aModel = (changes: Partial<TrainedModel> = {}): TrainedModel => ({
  id: 4,
  project: 3,
  configuration: 2,
  data_loc: 5,
  data_version: 1,
  file: 'models/3/4.rctm',
  basename: '4.rctm',
  filesize: 1_500_000,
  irspack_version: '0.4',
  status: 'READY',
  error: '',
  metrics: {},
  task_links: [],
  ...stamps,
  ...changes,
})

export const anAlgorithm = (changes: Partial<Algorithm> = {}): Algorithm => ({
  name: 'IALS',
  class_name: 'IALSRecommender',
  description: 'Learns a vector for each user and item.',
  parameters: [],
  tried_by_default: true,
  most_items: null,
  ...changes,
})

const aHeldOut = (algorithm: string, ndcg: number, interval: number[]): HeldOut => ({
  algorithm,
  metrics: { ndcg },
  interval,
  n_users: 120,
})

/** What was held out, and how well the model and the most popular items predicted it. */
export const aReport = (): Report => ({
  target_metric: 'ndcg',
  cutoff: 20,
  interval: [0.39, 0.43],
  test: aHeldOut('IALS', 0.41, [0.39, 0.43]),
  baseline: aHeldOut('TopPop', 0.12, [0.1, 0.14]),
})
