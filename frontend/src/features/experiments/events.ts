const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Two events of one visit, sent as a client would. */
export function eventsCommand(
  origin: string,
  project: number,
  slot: number,
  key = 'YOUR_API_KEY',
): string {
  const event = { project, deployment_slot: slot, user_id: 'USER', item_id: 'ITEM' }
  const request = { recommendation_request_id: crypto.randomUUID() }
  const events = ['impression', 'click'].map((event_type) => ({ ...event, event_type, ...request }))
  const lines = events.map((one) => `  ${JSON.stringify(one)}`).join(',\n')
  return [
    `curl -X POST ${origin}/api/v1/conversion_event/batch/`,
    `-H ${quoted(`X-API-Key: ${key}`)}`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(`{"events": [\n${lines}\n]}`)}`,
  ].join(' \\\n  ')
}

/** The part of the address that says where in a list a link of the server leads. */
export function placeOf(link: string): Record<'page' | 'after' | 'before', string | undefined> {
  const { searchParams } = new URL(link)
  const of = (name: string): string | undefined => searchParams.get(name) ?? undefined
  return { page: of('page'), after: of('after'), before: of('before') }
}
