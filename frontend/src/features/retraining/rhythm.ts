/** How often a schedule fires, as people say it; everything else is a cron expression of their own. */
export const RHYTHMS = ['hourly', 'daily', 'weekly', 'monthly', 'custom'] as const
export interface Rhythm {
  kind: (typeof RHYTHMS)[number]
  /** '02:00'; of an hourly rhythm only the minutes count. */
  time: string
  /** 0 is Sunday. */
  weekday: number
  /** Of the month. */
  day: number | null
  expression: string
}

const START = { time: '02:00', weekday: 0, day: 1 }
const MINUTE = /^([0-5]?\d)$/
const HOUR = /^(1?\d|2[0-3])$/
const DAY = /^([1-9]|[12]\d|3[01])$/
const WEEKDAY = /^[0-7]$/

const twoDigits = (part: string): string => part.padStart(2, '0')

function kindOf([minute = '', hour = '', day = '', month, weekday = '']: string[]): Rhythm['kind'] {
  if (month !== '*' || !MINUTE.test(minute)) return 'custom'
  const [anyDay, anyWeekday] = [day === '*', weekday === '*']
  if (hour === '*' && anyDay && anyWeekday) return 'hourly'
  if (!HOUR.test(hour)) return 'custom'
  if (anyDay && anyWeekday) return 'daily'
  if (anyDay && WEEKDAY.test(weekday)) return 'weekly'
  return anyWeekday && DAY.test(day) ? 'monthly' : 'custom'
}

export function rhythmOf(expression: string): Rhythm {
  const parts = expression.trim().split(/\s+/)
  const kind = parts.length === 5 ? kindOf(parts) : 'custom'
  if (kind === 'custom') return { ...START, kind, expression }
  const [minute = '0', hour = '0', day = '1', , weekday = '0'] = parts
  return {
    kind,
    time: `${hour === '*' ? '00' : twoDigits(hour)}:${twoDigits(minute)}`,
    weekday: kind === 'weekly' ? Number(weekday) % 7 : START.weekday,
    day: kind === 'monthly' ? Number(day) : START.day,
    expression,
  }
}

export function expressionOf({ kind, time, weekday, day, expression }: Rhythm): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const at = `${String(minute)} ${String(hour)}`
  switch (kind) {
    case 'hourly':
      return `${String(minute)} * * * *`
    case 'daily':
      return `${at} * * *`
    case 'weekly':
      return `${at} * * ${String(weekday)}`
    case 'monthly':
      return `${at} ${String(day ?? '')} * *`
    case 'custom':
      return expression
  }
}

/** Names of the days of the week, Sunday first. */
export function weekdayNames(locale: string): string[] {
  const names = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const SUNDAY = Date.UTC(2023, 0, 1)
  return Array.from({ length: 7 }, (_, day) => names.format(SUNDAY + day * 86_400_000))
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Zones to choose from; the server knows some more. */
export const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]
