import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { openJobSocket, type JobMessage } from '@/api/socket'

export interface LogLine {
  seq: number
  message: string
  timestamp: string
}
const KEEP = 2000

/** Live messages of one job while `active`; log lines in order, `onChange` for anything that changed its rows. */
export function useJobStream(
  jobId: Ref<number>,
  onChange: (message: JobMessage) => void,
): { lines: Ref<LogLine[]>; connected: Ref<boolean> } {
  const lines = shallowRef<LogLine[]>([])
  const connected = ref(false)
  let close: (() => void) | undefined

  const receive = (message: JobMessage): void => {
    if (message.type === 'log') lines.value = [...lines.value, message].slice(-KEEP)
    if (message.type !== 'log' || !message.buffered) onChange(message)
  }

  watch(
    jobId,
    (id) => {
      close?.()
      lines.value = []
      close = openJobSocket(id, {
        onMessage: receive,
        onConnected: (state) => (connected.value = state),
      })
    },
    { immediate: true },
  )
  onScopeDispose(() => close?.())
  return { lines, connected }
}
