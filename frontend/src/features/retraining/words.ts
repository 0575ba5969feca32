import { rhythmOf, weekdayNames } from './rhythm'
import type { Schedule } from './types'

type Translate = (key: string, values: Record<string, unknown>) => string

/** When it fires, in a sentence; an expression of one's own is explained by the server, in English only. */
export function inWords(
  t: Translate,
  locale: string,
  schedule: Pick<Schedule, 'cron_expression' | 'cron_in_words'>,
): string {
  const { kind, time, weekday, day } = rhythmOf(schedule.cron_expression)
  return t(`rhythm.words.${kind}`, {
    time,
    minute: Number(time.split(':')[1]),
    weekday: weekdayNames(locale)[weekday],
    day,
    expression: schedule.cron_expression,
    words: schedule.cron_in_words,
  })
}
