import type { ConversationSummary } from '@parley/client'
import { useConnection } from '@parley/client/react'
import { Drama, Hash, LogIn, Plus, Search, Video } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenRooms } from '../rooms/open-rooms.ts'
import { useMe } from '../session/index.ts'
import { Badge, IconButton, Loading, Menu, MenuItem, SkeletonRows, useDelay } from '../ui/index.ts'
import { ConversationRow } from './conversation-row.tsx'
import { openDialog } from './dialogs.ts'
import { useListedRooms } from './open-rooms.ts'
import { groupPath, roomPath } from './paths.ts'
import { SidebarRow } from './sidebar-row.tsx'
import { SidebarNothing, SidebarSection } from './sidebar-section.tsx'
import { useOrder } from './use-order.ts'
import { useForgetGone, useRecentGroups } from './use-recent-groups.ts'

/** So many of a section are shown at once; the rest by asking, or by the palette. */
const STEP = 40

const plus = <Plus size={16} aria-hidden="true" />

export function SidebarLists() {
  const { t } = useTranslation('shell')
  const { isGuest } = useMe()
  const { direct, channels, current, state } = useOrder()
  if (state === 'loading' && direct.length + channels.length === 0) {
    return <NotKnown />
  }
  return (
    <>
      {isGuest ? null : (
        <SidebarSection
          name="direct"
          title={t('section.direct')}
          action={
            <IconButton
              size="small"
              label={t('add.direct')}
              icon={plus}
              onClick={() => openDialog('new-direct')}
            />
          }
          always={<Rows items={direct.filter((one) => one.unreadCount > 0 || one === current)} />}
        >
          {direct.length === 0 ? (
            <SidebarNothing>{t('none.direct')}</SidebarNothing>
          ) : (
            <Rows items={direct} />
          )}
        </SidebarSection>
      )}
      <SidebarSection
        name="channels"
        title={t('section.channels')}
        action={<AddChannel />}
        always={<Rows items={channels.filter((one) => one.unreadCount > 0 || one === current)} />}
      >
        {channels.length === 0 ? (
          <SidebarNothing>{t('none.channels')}</SidebarNothing>
        ) : (
          <Rows items={channels} />
        )}
      </SidebarSection>
      <Rooms />
      <Groups />
    </>
  )
}

/** The list is on its way; without a connection, and with nothing kept, it will be. */
function NotKnown() {
  const { t } = useTranslation('shell')
  const isConnecting = useConnection().state !== 'connected'
  const isLate = useDelay(4_000, isConnecting)
  if (isConnecting && isLate) return <p className="px-2.5 py-2 text-13 text-muted">{t('listLater')}</p>
  return (
    <Loading label={t('loadingList')}>
      <SkeletonRows count={8} />
    </Loading>
  )
}

function Rows({ items }: { readonly items: readonly ConversationSummary[] }) {
  const { t } = useTranslation('shell')
  const [most, setMost] = useState(STEP)
  const rest = items.length - most
  return (
    <>
      {items.slice(0, most).map((summary) => (
        <ConversationRow key={summary.id} summary={summary} />
      ))}
      {rest > 0 ? (
        <li>
          <button
            type="button"
            data-stop=""
            className="h-8 w-full rounded-6 px-2.5 text-start text-13 text-muted hover:bg-hover hover:text-text"
            onClick={() => setMost(most + STEP)}
          >
            {t('more', { count: Math.min(rest, STEP) })}
          </button>
        </li>
      ) : null}
    </>
  )
}

function AddChannel() {
  const { t } = useTranslation('shell')
  const { isGuest } = useMe()
  if (isGuest) {
    return (
      <IconButton
        size="small"
        label={t('command.browseChannels')}
        icon={plus}
        onClick={() => openDialog('browse-channels')}
      />
    )
  }
  return (
    <Menu trigger={<IconButton size="small" label={t('add.channels')} icon={plus} />}>
      <MenuItem icon={<Search size={16} />} onSelect={() => openDialog('browse-channels')}>
        {t('command.browseChannels')}
      </MenuItem>
      <MenuItem icon={<Hash size={16} />} onSelect={() => openDialog('create-channel')}>
        {t('command.createChannel')}
      </MenuItem>
    </Menu>
  )
}

function Rooms() {
  const { t } = useTranslation('shell')
  const rooms = useOpenRooms()
  useEffect(() => useListedRooms.setState({ rooms }), [rooms])
  const rows = rooms.map(({ code, name, newCount }) => (
    <SidebarRow
      key={code}
      to={roomPath(code)}
      name={name ?? code}
      isUnread={newCount > 0}
      start={<Drama size={16} aria-hidden="true" className="text-muted" />}
      end={<Badge count={newCount} label={t('unread', { count: newCount })} />}
    />
  ))
  return (
    <SidebarSection
      name="rooms"
      title={t('section.rooms')}
      always={rows}
      action={
        <Menu trigger={<IconButton size="small" label={t('add.rooms')} icon={plus} />}>
          <MenuItem
            icon={<LogIn size={16} className="directional" />}
            onSelect={() => openDialog('join-room')}
          >
            {t('command.joinRoom')}
          </MenuItem>
          <MenuItem icon={<Drama size={16} />} onSelect={() => openDialog('create-room')}>
            {t('command.createRoom')}
          </MenuItem>
        </Menu>
      }
    >
      {rows.length === 0 ? <SidebarNothing>{t('none.rooms')}</SidebarNothing> : rows}
    </SidebarSection>
  )
}

function Groups() {
  const { t } = useTranslation('shell')
  const groups = useRecentGroups()
  useForgetGone()
  const rows = groups.map(({ id, name }) => (
    <SidebarRow
      key={id}
      to={groupPath(id)}
      name={name === '' ? id : name}
      start={<Video size={16} aria-hidden="true" className="text-muted" />}
    />
  ))
  return (
    <SidebarSection
      name="groups"
      title={t('section.groups')}
      action={
        <IconButton
          size="small"
          label={t('add.groups')}
          icon={plus}
          onClick={() => openDialog('new-group-call')}
        />
      }
    >
      {rows.length === 0 ? <SidebarNothing>{t('none.groups')}</SidebarNothing> : rows}
    </SidebarSection>
  )
}
