import type { Trial } from './types'

export type TrialAxis = 'number' | 'time'
export type Point = [x: number, score: number, trial: Trial]
type Scored = Trial & { score: number }

const isScored = (trial: Trial): trial is Scored => trial.score != null

const endOf = (trial: Trial): number =>
  trial.ended_at ? Date.parse(trial.ended_at) / 1000 : trial.number

function xOf(trials: Trial[], axis: TrialAxis): (trial: Trial) => number {
  if (axis === 'number') return (trial) => trial.number
  const starts = trials.flatMap(({ started_at }) => (started_at ? [Date.parse(started_at)] : []))
  const first = starts.length ? Math.min(...starts) / 1000 : 0
  return (trial) => endOf(trial) - first
}

/** Points by algorithm, in the order in which the algorithms first appear. */
export function pointsByAlgorithm(trials: Trial[], axis: TrialAxis): Map<string, Point[]> {
  const x = xOf(trials, axis)
  const series = new Map<string, Point[]>()
  for (const trial of trials.filter(isScored)) {
    const points = series.get(trial.algorithm) ?? []
    points.push([x(trial), trial.score, trial])
    series.set(trial.algorithm, points)
  }
  return series
}

/** The best score so far at each finished trial. */
export function bestSoFar(trials: Trial[], axis: TrialAxis): [number, number][] {
  const x = xOf(trials, axis)
  const ordered = trials.filter(isScored).sort((one, other) => x(one) - x(other))
  let best = -Infinity
  return ordered.map((trial) => {
    best = Math.max(best, trial.score)
    return [x(trial), best]
  })
}

export const bestTrial = (trials: Trial[]): Trial | undefined =>
  trials
    .filter(isScored)
    .reduce<Scored | undefined>(
      (best, trial) => (best && best.score >= trial.score ? best : trial),
      undefined,
    )
