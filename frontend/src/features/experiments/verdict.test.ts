import { expect, test } from 'vitest'
import { createTexts } from '@/i18n'
import type { Results } from './types'
import { pValueWords, signedPercent, verdictWords } from './verdict'

const names = { control: 'main', variant: 'new' }
const base = {
  control_impressions: 4800,
  variant_impressions: 5200,
  split: { planned_share: 0.5, share: 0.52, p_value: 0.0001, is_broken: true },
  any_time: { p_value: 0.01, significant: true, difference: [0.001, 0.012], lift: [2.04, 12.6] },
  verdict: { state: 'better', days_left: null, sentence: '' },
} satisfies Partial<Results>

type Judged = Parameters<typeof verdictWords>[0]
function said(changes: Partial<Judged>, isRunning = true, locale: 'en' | 'ja' = 'en'): string {
  const { key, values, count } = verdictWords({ ...base, ...changes }, isRunning, names, locale)
  const { t } = createTexts(locale).global
  const path = `experiments.verdict.${key}`
  return count === undefined ? t(path, values) : t(path, values, count)
}
const verdict = (state: Results['verdict']['state'], days_left: number | null = null) => ({
  verdict: { state, days_left, sentence: '' },
})
const anyTime = (lift: number[] | null, difference = [-0.004, 0.031]) => ({
  any_time: { ...base.any_time, lift, difference },
})

test.each([
  ['This test has not been started.', verdict('draft'), false],
  ['Not enough yet: about 1 day.', verdict('collecting', 1), true],
  ['Not enough yet: about 9 days.', verdict('collecting', 9), true],
  ['Not enough yet.', verdict('collecting'), true],
  ['Broken: users are split 48.0/52.0 where 50.0/50.0 was planned.', verdict('broken'), true],
  ['new is better than main by 2.0 to 13 %. You may stop.', {}, true],
  ['new was better than main by 2.0 to 13 %.', {}, false],
  [
    'new is worse than main by 3.0 to 20 %. You may stop.',
    { ...verdict('worse'), ...anyTime([-20.4, -3]) },
    true,
  ],
  [
    'No difference found: new lies between 1.5 % below and 2.5 % above main.',
    { ...verdict('no_difference'), ...anyTime([-1.5, 2.5]) },
    false,
  ],
  [
    'It ended before there was enough to tell: new lies between 0.4 percentage points below and 3.1 above main.',
    { ...verdict('collecting'), ...anyTime(null) },
    false,
  ],
])('%s', (sentence, changes, isRunning) => {
  expect(said(changes, isRunning)).toContain(sentence)
})

test('who was not shown yet is named', () => {
  const nobody = { ...verdict('waiting'), control_impressions: 0 }
  expect(said(nobody)).toBe('Nobody has been shown anything by main yet.')
  expect(said({ ...nobody, variant_impressions: 0 })).toContain('main or new')
})

test('each verdict is a sentence in Japanese too', () => {
  const states = ['draft', 'waiting', 'broken', 'better', 'worse', 'no_difference'] as const
  for (const state of states) {
    expect(said(verdict(state), true, 'ja')).not.toMatch(/experiments\.|\{/)
  }
})

test('a lift has its sign and no more digits than its interval supports', () => {
  expect(signedPercent(31.4, 'en')).toBe('+31%')
  expect(signedPercent(-4.25, 'en')).toBe('-4.3%')
})

test('a p value is never rounded to nothing', () => {
  expect(pValueWords(0.03125, 'en')).toBe('0.0313')
  expect(pValueWords(2e-7, 'en')).toBe('<\u00a00.0001')
})
