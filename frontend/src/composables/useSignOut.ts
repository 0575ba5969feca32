import { ref, type Ref } from 'vue'
import { useAuth } from '@/stores/auth'
import { useErrorSentence } from './useErrorSentence'

/** Ends the session, or says why it goes on. */
export function useSignOut(): { signOut: () => Promise<void>; sentence: Ref<string | null> } {
  const auth = useAuth()
  const errorSentence = useErrorSentence()
  const sentence = ref<string | null>(null)

  async function signOut(): Promise<void> {
    sentence.value = null
    await auth.signOut().catch((error: unknown) => {
      sentence.value = errorSentence(error)
    })
  }
  return { signOut, sentence }
}
