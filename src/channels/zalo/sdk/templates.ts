import type { Call } from './call.js'
import { numberOf, recordOf, textOf } from './json.js'
import { readSent, type Sent } from './messages.js'
import { mapResult, type Result } from './result.js'

export interface TemplateMessage {
  templateId: string
  data: Readonly<Record<string, string>>
}

export interface SentByPhone {
  messageId: string | null
  /** Instant in ms. */
  sentAt: number | null
  dailyQuota: number | null
  remainingQuota: number | null
}

/** «ZBS template messages»: approved beforehand and paid each. */
export interface Templates {
  /** To a user id who interacted within a year. Zalo knows no tracking id here: keep your own. */
  sendTemplate(userId: string, message: TemplateMessage): Promise<Result<Sent>>
  /** To a phone number (`84…`). `trackingId` (at most 48 characters) comes back with the receipt; it does not prevent a second send. */
  sendTemplateToPhone(
    phone: string,
    message: TemplateMessage,
    options: { trackingId: string; onlyToAdmins?: boolean },
  ): Promise<Result<SentByPhone>>
  /** What became of a message to a phone number. */
  templateStatus(messageId: string): Promise<Result<'not-found' | 'sent' | 'received' | 'unknown'>>
}

const STATUS: Readonly<Record<string, 'not-found' | 'sent' | 'received'>> = {
  '-1': 'not-found',
  '0': 'sent',
  '1': 'received',
}

export function createTemplates(call: Call): Templates {
  return {
    async sendTemplate(userId, { templateId, data }) {
      const body = { user_id: userId, template_id: templateId, template_data: data }
      return mapResult(await call({ path: '/v3.0/oa/message/template', data: body }), readSent)
    },
    async sendTemplateToPhone(phone, { templateId, data }, { trackingId, onlyToAdmins = false }) {
      const body = {
        phone,
        template_id: templateId,
        template_data: data,
        tracking_id: trackingId,
        ...(onlyToAdmins ? { mode: 'development' } : {}),
      }
      return mapResult(await call({ host: 'zbs', path: '/message/template', data: body }), readSentByPhone)
    },
    async templateStatus(messageId) {
      const data = { message_id: messageId }
      const result = await call({ host: 'zbs', path: '/message/status', read: true, data })
      return mapResult(result, (found) => STATUS[textOf(recordOf(found)['status']) ?? ''] ?? 'unknown')
    },
  }
}

function readSentByPhone(data: unknown): SentByPhone {
  const sent = recordOf(data)
  const quota = recordOf(sent['quota'])
  return {
    messageId: textOf(sent['msg_id']),
    sentAt: numberOf(sent['sent_time']),
    dailyQuota: numberOf(quota['dailyQuota']),
    remainingQuota: numberOf(quota['remainingQuota']),
  }
}
