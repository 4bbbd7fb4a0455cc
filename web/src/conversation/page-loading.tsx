import { PageHeader } from '../shell/index.ts'
import { Loading, Skeleton } from '../ui/index.ts'
import { MessageSkeletons } from './list-marks.tsx'

/** A conversation that is not known yet, in its shape. */
export function PageLoading() {
  return (
    <Loading className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={<Skeleton className="h-4 w-40" />} />
      <div className="flex min-h-0 flex-1 flex-col justify-end overflow-hidden pb-6">
        <MessageSkeletons count={9} />
      </div>
      <Skeleton className="mx-5 mb-3 h-12 shrink-0 rounded-10" />
    </Loading>
  )
}
