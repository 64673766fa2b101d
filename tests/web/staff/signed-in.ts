import { letIn } from '../../../src/access/page-link.js'
import type { Household, RosterPerson } from '../../../src/core/model/roster.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { putHouseholds, putPeople } from '../../../src/store/enrol.js'
import { household, rosterPerson } from '../../store/roster-samples.js'
import type { Site } from '../site.js'

/** Somebody at the staff pages, with their cookie and what their forms must carry. */
export interface Staff {
  contact: string
  cookie: string
  csrf: string
  get(path: string): Promise<{ status: number; text: string; answer: Response }>
  /** Sends a form; a redirect is followed. */
  post(path: string, fields?: Form): Promise<{ status: number; text: string; location: string | null }>
}
type Form = Readonly<Record<string, string | readonly string[] | File>>

/** Lets somebody in by a link, as the tool `ward link` does. */
export async function signIn(
  site: Site,
  role: 'leader' | 'staff' | 'admin',
  group: number | null = null,
): Promise<Staff> {
  const { store, newId } = site.context
  const contact = newId()
  // The first id is the contact's, the next its person's.
  const left = [contact]
  const ids = () => left.pop() ?? newId()
  const url = await store.transaction((tx) =>
    letIn(tx, { publicUrl: 'http://ward', role, group, newId: ids, now: site.now.at }),
  )
  const code = new URL(url).searchParams.get('code')!
  const entered = await site.app.request('/staff/enter', { method: 'POST', body: new URLSearchParams({ code }) })
  const cookie = entered.headers.getSetCookie().find((line) => line.startsWith('ward_staff='))!.split(';')[0]! // prettier-ignore
  const get = async (path: string) => {
    const answer = await site.app.request(path, { headers: { cookie } })
    return { status: answer.status, text: await answer.clone().text(), answer }
  }
  const csrf = /name="csrf" value="([^"]+)"/.exec((await get('/staff')).text)![1]!
  return {
    contact,
    cookie,
    csrf,
    get,
    async post(path, fields = {}) {
      const body = new FormData()
      for (const [name, value] of Object.entries({ csrf, ...fields }))
        for (const one of [value].flat()) body.append(name, one as string)
      const answer = await site.app.request(path, { method: 'POST', headers: { cookie }, body })
      const location = answer.headers.get('location')
      if (location === null) return { status: answer.status, text: await answer.text(), location }
      return { ...(await get(location)), location }
    },
  }
}

/** Puts persons and households on the roster of a site. */
export async function enrol(site: Site, people: readonly RosterPerson[], houses: readonly Household[] = []) {
  const { store, seals } = site.context
  const ward = scopeOf(OPERATOR)
  const done = [
    await putHouseholds(store.db, ward, houses, site.now.at),
    await putPeople(store.db, ward, seals, people, site.now.at),
  ]
  if (done.some((one) => 'refused' in one)) throw new Error(`not enrolled: ${JSON.stringify(done)}`)
}

/** Six people in two households of group 5: enough to be broken down. */
export async function enrolSix(site: Site): Promise<void> {
  const names = ['Nguyễn Văn An', 'Trần Thị Bình', 'Lê Văn Chung', 'Phạm Thị Dung', 'Hoàng Văn Em', 'Vũ Thị Giang']
  await enrol(
    site,
    names.map((name, i) =>
      rosterPerson(i + 1, {
        name,
        household: i < 3 ? 'h-1' : 'h-2',
        card: i === 0 ? 'none' : 'has',
        visit: i === 1,
        official: i === 2,
        phone: i === 1 ? '0912345678' : null,
      }),
    ),
    [household(1), household(2, { street: 'Đường Sen Hồng', house: 'số 12' })],
  )
}
