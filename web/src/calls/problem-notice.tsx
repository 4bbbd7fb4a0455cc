import type { Call, CallProblem, CallView } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { Button, Notice } from '../ui/index.ts'

/** Nothing to give up: these concern the whole call. */
const GRAVE: readonly CallProblem[] = ['network-failed', 'signal-lost']

/** Gives up what does not work, and nothing that does. */
const goOnWithout = async (call: Call, problem: CallProblem, local: CallView['local']): Promise<void> => {
  if (problem === 'share-denied') return call.shareScreen(false)
  if (!local.microphone && !problem.startsWith('camera')) await call.setMicrophone(false)
  if (!local.camera && !problem.startsWith('microphone')) await call.setCamera(false)
}

export interface ProblemNoticeProps {
  readonly call: Call
  readonly problem: CallProblem
  readonly local: CallView['local']
}

/** What is wrong, in a sentence, with the ways on. */
export function ProblemNotice({ call, problem, local }: ProblemNoticeProps) {
  const { t } = useTranslation('call')
  const isGrave = GRAVE.includes(problem)
  return (
    <Notice tone={isGrave ? 'bad' : 'warn'} role="alert">
      <div className="flex flex-col gap-2 wide:flex-row wide:items-start wide:justify-between">
        <span className="min-w-0">{t(`problem.${problem}`)}</span>
        <span className="flex shrink-0 flex-wrap gap-1.5">
          {problem === 'insecure-page' ? null : (
            <Button size="small" onClick={() => void call.mend()}>
              {t(problem === 'share-denied' ? 'mend.share' : 'mend.retry')}
            </Button>
          )}
          {isGrave ? null : (
            <Button size="small" look="quiet" onClick={() => void goOnWithout(call, problem, local)}>
              {t('mend.without')}
            </Button>
          )}
        </span>
      </div>
    </Notice>
  )
}
