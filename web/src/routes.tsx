import { Navigate, Route, Routes } from 'react-router'
import { ChannelPage, DirectPage, GroupCallPage, RoomPage } from './shell/features.tsx'
import { Frame } from './shell/frame.tsx'
import { HomePage } from './shell/home-page.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'

/** Every address of the app. */
export function AppRoutes() {
  return (
    <Routes>
      <Route element={<Frame />}>
        <Route index element={<HomePage />} />
        <Route path="chat/channel/:id" element={<ChannelPage />} />
        <Route path="chat/dm/:userId" element={<DirectPage />} />
        <Route path="room/:code" element={<RoomPage />} />
        <Route path="g/:id" element={<GroupCallPage />} />
        <Route path="signin" element={<Navigate to="/" replace />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  )
}
