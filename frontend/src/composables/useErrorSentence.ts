import { useI18n } from 'vue-i18n'
import { toApiError } from '@/api/errors'

/** What to tell a person about a failure: our words for a known code, else the server's sentence. */
export function useErrorSentence(): (error: unknown) => string {
  const { t, te } = useI18n()
  return (thrown) => {
    const error = toApiError(thrown)
    if (te(`errors.${error.code}`))
      return t(`errors.${error.code}`, { seconds: error.retryAfter ?? 60 })
    if (error.status === 429) return t('errors.throttled', { seconds: error.retryAfter ?? 60 })
    return error.message || t('errors.unknown')
  }
}
