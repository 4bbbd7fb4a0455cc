import type { Migration } from './migration.ts'

/**
 * `best_…` and `second_…` are the furthest cursors of a channel's members, of two different ones: what stands against a
 * message is the furthest of anybody but its author, whoever that is. Direct conversations leave them alone.
 * `listed_as` is the lower-case name of a public channel in use, and null for every other conversation.
 */
const CONVERSATIONS = `
alter table conversations add column name text;
alter table conversations add column listed_as text;
alter table conversations add column is_private integer not null default 1;
alter table conversations add column archived_at integer;
alter table conversations add column member_count integer not null default 0;
alter table conversations add column best_delivered_seq integer not null default 0;
alter table conversations add column best_delivered_by text;
alter table conversations add column second_delivered_seq integer not null default 0;
alter table conversations add column best_read_seq integer not null default 0;
alter table conversations add column best_read_by text;
alter table conversations add column second_read_seq integer not null default 0;
update conversations set member_count = (select count(*) from members where conversation_id = conversations.id);
create index conversations_listed on conversations (listed_as, id) where listed_as is not null;`

/** `join_no` rises with every newcomer of a conversation: times may be equal. */
const MEMBERS = `
alter table members add column role text not null default 'member';
alter table members add column join_no integer not null default 1;
update members set join_no = 2 where peer_id < user_id;
create unique index members_joined on members (conversation_id, join_no);
create index members_channels on members (user_id) where peer_id is null;
create index members_role on members (conversation_id, role, join_no) where role <> 'member';
create table former_members (
  conversation_id text not null, user_id text not null, delivered_seq integer not null, read_seq integer not null,
  primary key (conversation_id, user_id)) without rowid;`

/**
 * Only messages that changed are in the index by revision: the others have their revisions in the order of their positions,
 * and an append is spared one more index. A reaction is ordered by the revision that it made. An emoji keeps its place
 * while anybody has it.
 */
const MESSAGES = `
alter table messages add column is_changed integer not null default 0;
create unique index messages_changed on messages (conversation_id, rev) where is_changed = 1;
create index messages_answers on messages (conversation_id, parent_id, seq) where parent_id is not null;

create table emojis (
  message_id text not null, emoji text not null, since_rev integer not null, user_count integer not null,
  primary key (message_id, emoji)) without rowid;
create table reactions (
  message_id text not null, emoji text not null, rev integer not null, user_id text not null,
  primary key (message_id, emoji, rev)) without rowid;
create unique index reactions_user on reactions (message_id, emoji, user_id);

create table mentions (
  conversation_id text not null, user_id text not null, seq integer not null,
  primary key (conversation_id, user_id, seq)) without rowid;
create index mentions_message on mentions (conversation_id, seq);`

/** `retired_codes`: rooms that went and had a PIN. Who left a room keeps the row: the admission outlives the membership. */
const ROOMS = `
create table rooms (
  code text not null primary key, name text not null, creator_id text not null, pin_hash text,
  created_at integer not null, was_entered integer not null) without rowid;
create table room_members (
  code text not null, user_id text not null, join_no integer not null, has_left integer not null,
  primary key (code, user_id)) without rowid;
create unique index room_members_joined on room_members (code, join_no);
create table retired_codes (code text not null primary key) without rowid;`

/** Conversations without a message take a place among the messages; the table that counts them has no row before the first. */
const ORDER = `insert into sqlite_sequence (name, seq)
  select 'messages', 0 where not exists (select 1 from sqlite_sequence where name = 'messages')`

export const channels: Migration = {
  version: 2,
  name: 'channels and rooms',
  up(db) {
    db.exec(CONVERSATIONS)
    db.exec(MEMBERS)
    db.exec(MESSAGES)
    db.exec(ROOMS)
    db.exec(ORDER)
  },
}
