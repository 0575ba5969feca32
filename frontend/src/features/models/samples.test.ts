import { describe, expect, it } from 'vitest'
import { lookOf } from './samples'

const look = (details: Record<string, unknown>) => lookOf({ itemId: 'i1', score: null, details })

describe('how an item looks', () => {
  it.each(['https://shop.example/1.png', 'data:image/svg+xml,%3Csvg%2F%3E'])(
    'takes %s for a picture',
    (address) => {
      expect(look({ title: 'Kettle', picture: address })).toEqual({
        title: 'Kettle',
        subtitle: '',
        picture: address,
      })
    },
  )

  it.each(['http://shop.example/1.png', 'javascript:alert(1)', 'data:text/html,x'])(
    'does not load %s',
    (address) => {
      expect(look({ title: 'Kettle', picture: address }).picture).toBeNull()
    },
  )
})
