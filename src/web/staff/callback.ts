import { html } from 'hono/html'
import { numbersOf } from '../../store/zalo.js'
import type { Html } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** The phone number that a person gave in the chat to be called back on; nothing for one who gave none. */
export async function callbackNumber({ context }: StaffSite, c: StaffCall, person: string): Promise<Html | ''> {
  const given = await numbersOf(context.store.db, c.get('viewer').scope, person)
  const opened = given.flatMap(({ contact, phone }) => {
    const number = context.seals.open('contact_detail.phone', contact, phone)
    return number.ok ? [number.text] : []
  })
  if (opened.length === 0) return ''
  return html`<p>${c.get('say')('person.call-back')} <strong>${opened.join(' · ')}</strong></p>`
}
