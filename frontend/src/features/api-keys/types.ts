import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type ApiKey = Schemas['ApiKey']
export type IssuedApiKey = Schemas['NewApiKey']
export type NewApiKey = Schemas['ApiKeyRequest']
export type ApiKeyChanges = Schemas['PatchedApiKeyRequest']
export type Scope = Schemas['Scope']
export const SCOPES: readonly Scope[] = ['predict', 'read', 'write']

export type KeyState = 'ACTIVE' | 'EXPIRED' | 'REVOKED'

export function stateOf({ is_active, expires_at }: ApiKey, now = Date.now()): KeyState {
  if (!is_active) return 'REVOKED'
  return expires_at && new Date(expires_at).getTime() <= now ? 'EXPIRED' : 'ACTIVE'
}
