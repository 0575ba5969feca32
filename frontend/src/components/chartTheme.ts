import type { EChartsOption } from 'echarts'
import { formatCalendarDay } from '@/format'

export type ChartOption = EChartsOption

/** Okabe–Ito, ordered so that neighbours differ most; black is left to the text. */
export const SERIES = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#8a94a6',
]
export const GREY = '#8a94a6'

export interface ChartColours {
  text: string
  muted: string
  line: string
  accent: string
  raised: string
}
export const coloursFor = (dark: boolean): ChartColours =>
  dark
    ? { text: '#e6ebf4', muted: '#a4b1c6', line: '#28344a', accent: '#a5b4fc', raised: '#141c2c' }
    : { text: '#0f172a', muted: '#4b5a70', line: '#e2e8f0', accent: '#4338ca', raised: '#ffffff' }

const DAY_MS = 86_400_000

/** Whole days, in the reader's words. */
export const dayAxis = (locale: string) => ({
  type: 'time' as const,
  minInterval: DAY_MS,
  axisLabel: { formatter: (at: number) => formatCalendarDay(at, locale) },
})

export function baseOption(dark: boolean): ChartOption {
  const { text, muted, line, raised } = coloursFor(dark)
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: muted, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: muted },
  }
  return {
    animation: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 160,
    animationDurationUpdate: 160,
    color: SERIES,
    textStyle: { fontFamily: 'system-ui, sans-serif', color: text },
    grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
    legend: {
      show: false,
      textStyle: { color: muted },
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 8,
    },
    tooltip: {
      backgroundColor: raised,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
    },
    xAxis: { ...axis, splitLine: { show: false } },
    yAxis: axis,
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `over` laid over `base`, object by object; arrays and values replace. */
export function merge(base: ChartOption, over: ChartOption): ChartOption {
  const result: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const under = result[key]
    result[key] = isObject(under) && isObject(value) ? merge(under, value) : value
  }
  return result
}
