const plain = new Map<string, Intl.NumberFormat>()

function formatter(
  locale: string,
  digits: number,
  style: 'decimal' | 'percent',
): Intl.NumberFormat {
  const key = `${locale} ${String(digits)} ${style}`
  const made =
    plain.get(key) ??
    new Intl.NumberFormat(locale, {
      style,
      maximumFractionDigits: digits,
      minimumFractionDigits: digits,
    })
  plain.set(key, made)
  return made
}

export const NOTHING = '–'

export const formatCount = (value: number | null | undefined, locale = 'en'): string =>
  value == null ? NOTHING : formatter(locale, 0, 'decimal').format(value)

export const formatScore = (value: number | null | undefined, locale = 'en'): string =>
  value == null ? NOTHING : formatter(locale, 4, 'decimal').format(value)

export const formatPercent = (
  value: number | null | undefined,
  locale = 'en',
  digits = 1,
): string => (value == null ? NOTHING : formatter(locale, digits, 'percent').format(value))

export const formatNumber = (value: number, digits: number, locale = 'en'): string =>
  formatter(locale, digits, 'decimal').format(value)

/** How many times as much: '1.25 ×'. */
export const formatFactor = (value: number | null | undefined, locale = 'en'): string =>
  value == null ? NOTHING : `${formatter(locale, 2, 'decimal').format(value)} ×`

export const formatMilliseconds = (value: number | null | undefined, locale = 'en'): string =>
  value == null ? NOTHING : `${formatter(locale, value < 10 ? 2 : 0, 'decimal').format(value)} ms`

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function formatBytes(bytes: number | null | undefined, locale = 'en'): string {
  if (bytes == null) return NOTHING
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const digits = power === 0 ? 0 : 1
  return `${formatter(locale, digits, 'decimal').format(bytes / 1000 ** power)} ${UNITS[power] ?? ''}`
}

/** '3 min 20 s', '1 h 5 min', '4.2 s', '40 ms'. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null) return NOTHING
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${String(whole)} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${String(minutes)} min ${String(whole % 60)} s`
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`
}

export const formatMoment = (iso: string | null | undefined, locale = 'en'): string =>
  iso
    ? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
        new Date(iso),
      )
    : NOTHING

/** With the day of the week: 'Sun, Mar 1, 2026, 2:00 AM'. */
export const formatWeekdayMoment = (iso: string, locale = 'en'): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(iso))

export const formatDay = (iso: string | null | undefined, locale = 'en'): string =>
  iso ? new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(iso)) : NOTHING

/** Of a calendar day such as '2026-03-01', which is the same one in each zone: 'Mar 1'. */
export const formatCalendarDay = (day: string | number, locale = 'en'): string =>
  new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }).format(
    new Date(typeof day === 'string' ? `${day}T00:00` : day),
  )

export const formatClock = (iso: string, locale = 'en'): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(iso))

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function formatAgo(iso: string, now = Date.now(), locale = 'en'): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit)
  }
  return relative.format(0, 'second')
}
