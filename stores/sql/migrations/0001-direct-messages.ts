import { randomUUID } from 'node:crypto'
import type { Migration } from './migration.ts'

/**
 * `"user"` is word for word what Better Auth 1.7's own migrations make with its username, admin and anonymous plugins,
 * so that the store works without them, and they find nothing to change when they run after it.
 */
const USER = `create table if not exists "user" (
  "id" text not null primary key, "name" text not null, "email" text not null unique,
  "emailVerified" integer not null, "image" text, "createdAt" date not null, "updatedAt" date not null,
  "username" text unique, "displayUsername" text, "role" text, "banned" integer, "banReason" text,
  "banExpires" date, "isAnonymous" integer)`

/** Nothing here refers to `"user"`: a message outlives its author's account. */
const TABLES = `
create table conversations (
  id text not null primary key, kind text not null, direct_key text unique,
  seq integer not null, rev integer not null, last_ord integer not null, created_at integer not null);

create table members (
  conversation_id text not null references conversations (id), user_id text not null, peer_id text,
  delivered_seq integer not null, read_seq integer not null, joined_at integer not null,
  primary key (conversation_id, user_id)) without rowid;
create index members_user on members (user_id);

create table messages (
  ord integer primary key autoincrement, id text not null unique,
  conversation_id text not null references conversations (id), seq integer not null, rev integer not null,
  sender_id text not null, type text not null, content text not null,
  client_message_id text, client_digest text, parent_id text,
  created_at integer not null, edited_at integer, deleted_at integer,
  unique (conversation_id, seq));
create unique index messages_client on messages (sender_id, client_message_id) where client_message_id is not null;
create index messages_sender on messages (conversation_id, sender_id, seq);

create table user_state (user_id text not null primary key, last_seen integer not null) without rowid;

create table meta (key text not null primary key, value text not null) without rowid;
insert into meta (key, value) values ('fts_ord', '0');
`

/**
 * Contentless: the text is not kept a second time. `scope` holds one word for every user who may find the message,
 * so that a search walks that user's hits only, however common the word is among everyone's.
 */
const SEARCH = `create virtual table message_fts using fts5 (
  content, scope, content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')`

export const directMessages: Migration = {
  version: 1,
  name: 'direct messages',
  up(db) {
    db.exec(USER)
    db.exec(TABLES)
    db.exec(SEARCH)
    db.prepare(`insert into meta (key, value) values ('epoch', ?)`).run(randomUUID())
  },
}
