import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type ApiKey = Schemas['ApiKey']
export type IssuedApiKey = Schemas['NewApiKey']
export type NewApiKey = Schemas['ApiKeyRequest']
export const SCOPES = ['predict', 'read', 'write'] as const
export type Scope = (typeof SCOPES)[number]
