import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { openJobSocket, type JobMessage } from '@/api/socket'
import { linesAfter, type LogLine } from '@/api/taskLog'

const KEEP = 2000
const POLL_MS = 5_000

/** Live messages of one job: log lines in order and each once, `onChange` for anything that changed its rows.
    As long as the socket is away, the lines are read as rows. */
export function useJobStream(
  jobId: Ref<number>,
  onChange: (message: JobMessage) => void,
): { lines: Ref<LogLine[]>; connected: Ref<boolean> } {
  const lines = shallowRef<LogLine[]>([])
  const connected = ref(false)
  const last = computed(() => lines.value.at(-1)?.seq ?? 0)
  let close: (() => void) | undefined

  const take = (more: LogLine[]): void => {
    const unknown = more.filter(({ seq }) => seq > last.value)
    if (unknown.length) lines.value = [...lines.value, ...unknown].slice(-KEEP)
  }

  const receive = (message: JobMessage): void => {
    if (message.type === 'log') take([message])
    if (message.type !== 'log' || !message.buffered) onChange(message)
  }

  async function read(): Promise<void> {
    const id = jobId.value
    // A failure is told by the job's own query; the next turn tries again.
    const found = await linesAfter({ tuning_job_id: id }, last.value).catch(() => [])
    if (id === jobId.value) take(found)
  }

  function follow(state: boolean): void {
    connected.value = state
    if (!state) void read()
  }

  watch(
    jobId,
    (id) => {
      close?.()
      lines.value = []
      connected.value = false
      close = openJobSocket(id, {
        since: () => last.value,
        onMessage: receive,
        onConnected: follow,
      })
    },
    { immediate: true },
  )
  const timer = setInterval(() => {
    if (!connected.value) void read()
  }, POLL_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    close?.()
  })
  return { lines, connected }
}
