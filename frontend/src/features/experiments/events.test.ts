import { expect, test } from 'vitest'
import { eventsCommand, placeOf } from './events'

test('a link of the server becomes a place in the address, without the filters', () => {
  const link = 'https://shop.example/api/v1/conversion_event/?after=71&page=2&project=3'
  expect(placeOf(link)).toEqual({ after: '71', page: '2', before: undefined })
})

test('the command sends an impression and a click of one request', () => {
  const command = eventsCommand('https://shop.example', 3, 8, "it's")
  expect(command).toContain(`-H 'X-API-Key: it'\\''s'`)
  const body = JSON.parse(/-d '([^']*)'/.exec(command)?.[1] ?? '') as {
    events: Record<string, unknown>[]
  }
  const [seen, clicked] = body.events
  expect(seen).toMatchObject({ project: 3, deployment_slot: 8, event_type: 'impression' })
  expect(clicked).toMatchObject({ ...seen, event_type: 'click' })
})
