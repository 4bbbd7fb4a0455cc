import {
  type AppendTuple,
  type ChannelAppendTuple,
  OP,
  type OpTuple,
  type ReceiptTuple,
  type TouchTuple,
} from './write-protocol.ts'

/** Ops that come often, of which many are written at once. */
export type CommonTuple = AppendTuple | ChannelAppendTuple | ReceiptTuple | TouchTuple

export const isAppend = (op: OpTuple): op is AppendTuple | ChannelAppendTuple =>
  op[0] === OP.append || op[0] === OP.appendToChannel

export const isReceipt = (op: OpTuple): op is ReceiptTuple => op[0] === OP.receipt

/** Where the ops that come often end, from here on. */
export function endOfCommon(ops: readonly OpTuple[], start: number): number {
  let end = start
  while (end < ops.length && (isAppend(ops[end]!) || isReceipt(ops[end]!) || ops[end]![0] === OP.touch))
    end += 1
  return end
}

export const messageIdOf = (op: AppendTuple | ChannelAppendTuple): string => op[2]
export const parentIdOf = (op: AppendTuple | ChannelAppendTuple): string | null =>
  op[0] === OP.append ? op[9] : op[6]
export const clientIdOf = (op: AppendTuple | ChannelAppendTuple): string | null =>
  op[0] === OP.append ? op[8] : op[5]
export const senderOf = (op: AppendTuple | ChannelAppendTuple): string =>
  op[0] === OP.append ? op[4] : op[3]

/** The message that names an op's conversation. */
export function messageOf(op: OpTuple): readonly string[] {
  if (op[0] === OP.receipt) return op[6] === null ? [] : [op[6]]
  return op[0] === OP.rare && 'messageId' in op[1] ? [op[1].messageId] : []
}

export function conversationOf(op: OpTuple): {
  readonly id: string | null
  readonly directKey: string | null
} {
  switch (op[0]) {
    case OP.append:
      return { id: null, directKey: op[1] }
    case OP.appendToChannel:
      return { id: op[1], directKey: null }
    case OP.receipt:
      return { id: op[2], directKey: op[3] }
    case OP.openDirect:
      return { id: null, directKey: op[2] }
    case OP.rare:
      return { id: 'channelId' in op[1] ? op[1].channelId : null, directKey: null }
    case OP.touch:
      return { id: null, directKey: null }
  }
}
