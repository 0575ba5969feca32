import { useI18n } from 'vue-i18n'
import type { components } from '@/api/schema'
import type { Figure } from '@/components/FigureBand.vue'
import { formatScore } from '@/format'

/** How the winner and the most popular items did; what tuning jobs and their models carry. */
export type Report = NonNullable<components['schemas']['ParameterTuningJob']['result']>
/** Scores on the untouched test part, with the 95 % bootstrap interval of the target metric. */
export type HeldOut = Report['test']

export const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'test' in value && 'baseline' in value

export const testScore = (report: Report): number | undefined =>
  report.test.metrics[report.target_metric]

/** The two figures that say whether a model is good: its own and that of the most popular items. */
export function useReportFigures(): (report: Report | null) => Figure[] {
  const { t, locale } = useI18n()
  const score = (value: number | undefined): string => formatScore(value, locale.value)

  const figure = (report: Report | null, part: 'test' | 'baseline'): Figure => {
    const held = report?.[part]
    const [low, high] = held?.interval ?? []
    return {
      label: t(`report.${part}`),
      value: score(report ? held?.metrics[report.target_metric] : undefined),
      note: held && t('report.interval', { low: score(low), high: score(high) }),
      help: t(`report.${part}Help`),
    }
  }
  return (report) => [figure(report, 'test'), figure(report, 'baseline')]
}
