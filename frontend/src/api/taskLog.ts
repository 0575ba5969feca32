import { api, unwrap } from './client'
import { MAX_PAGE_SIZE } from './pages'

/** A line that a job wrote; `seq` is its place in the order of lines. */
export interface LogLine {
  seq: number
  message: string
  timestamp: string
}
/** Whose lines: those of a tuning job or of a model's training. */
export type LogOf = { tuning_job_id: number } | { model_id: string }

const MOST_PAGES = 5

/** The lines after `since`, oldest first; of very many, the newest. */
export async function linesAfter(
  of: LogOf,
  since: number,
  signal?: AbortSignal,
): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { ...of, id_gt: since, page, page_size: MAX_PAGE_SIZE }
    const answer = await unwrap(api.GET('/api/v1/task_log/', { params: { query }, signal }))
    for (const { id, contents, ins_datetime } of answer.results)
      lines.push({ seq: id, message: contents, timestamp: ins_datetime })
    if (!answer.next) break
  }
  const bySeq = new Map(lines.map((line) => [line.seq, line]))
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq)
}
