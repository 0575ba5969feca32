import { useI18n } from 'vue-i18n'
import type { Results } from '../types'
import { verdictWords, type Names } from '../verdict'

/** What a test says so far, for those who decide. */
export function useVerdictSentence(): (
  results: Results,
  isRunning: boolean,
  names: Names,
) => string {
  const { t, locale } = useI18n()
  return (results, isRunning, names) => {
    const { key, values, count } = verdictWords(results, isRunning, names, locale.value)
    const path = `experiments.verdict.${key}`
    const sentence = count === undefined ? t(path, values) : t(path, values, count)
    return sentence.replaceAll(' %', '\u00a0%') // a number and its sign share a line
  }
}
