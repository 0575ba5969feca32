import { renewSession } from './session'
import { currentSession } from './sharedSession'

export type JobMessage =
  | { type: 'status_update'; status: string; data: unknown; seq?: number }
  | { type: 'log'; message: string; timestamp: string; seq: number; buffered?: boolean }
  | { type: 'ping' }

export interface JobSocketHandlers {
  /** The last line that is known; a connection asks for those after it. */
  since: () => number
  onMessage: (message: JobMessage) => void
  onConnected: (connected: boolean) => void
}

const NOT_SIGNED_IN = 4401
const FINAL = new Set([4403, 4404])
const MAX_DELAY_MS = 15_000

const address = (jobId: number, since: number): string => {
  const url = new URL(`/ws/job/${String(jobId)}/`, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  if (since > 0) url.searchParams.set('since', String(since))
  return url.href
}

/** Follows one job; reconnects with growing pauses and asks only for lines that are not known. Returns the closer. */
export function openJobSocket(jobId: number, handlers: JobSocketHandlers): () => void {
  let closed = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let socket: WebSocket | undefined
  let session: string | null = null

  const receive = (event: MessageEvent<string>): void => {
    const message = JSON.parse(event.data) as JobMessage
    if (message.type === 'ping') {
      socket?.send('{"type":"pong"}')
      return
    }
    handlers.onMessage(message)
  }

  const reconnect = async (code: number): Promise<void> => {
    if (closed) return
    handlers.onConnected(false)
    if (FINAL.has(code)) return
    if (code === NOT_SIGNED_IN && !(await renewSession(session).catch(() => true))) return
    timer = setTimeout(connect, Math.min(500 * 2 ** failures++, MAX_DELAY_MS))
  }

  function connect(): void {
    if (closed) return
    session = currentSession()
    socket = new WebSocket(address(jobId, handlers.since()))
    socket.onopen = () => {
      failures = 0
      handlers.onConnected(true)
    }
    socket.onmessage = receive
    socket.onclose = (event) => void reconnect(event.code)
  }

  connect()
  return () => {
    closed = true
    clearTimeout(timer)
    socket?.close()
  }
}
