import type { Context as Call, Env, Hono } from 'hono'
import type { Context } from '../../context.js'
import type { Role } from '../../core/model/contact.js'
import type { Scope } from '../../core/policy/roles.js'
import type { Locale } from '../../core/model/message.js'
import type { PageTexts } from '../words.js'

/** Who looks at a staff page: signed in, with the role and group they have at this moment. */
export interface Viewer {
  contact: string
  role: Exclude<Role, 'resident' | 'helper'>
  /** Whose data they may see and change, asked anew at every call. */
  scope: Scope
  locale: Locale
  /** What every form must carry in its field `csrf`. */
  csrf: string
}

/** What a handler of the staff pages finds in its call: `c.get('viewer')`, `c.get('say')`. */
export interface StaffEnv extends Env {
  Variables: { viewer: Viewer; say: Say }
}

/** A text of the pages in the viewer's language: `say('overview.title')` is `phrases:staff.overview.title`. */
export type Say = (key: string, vars?: Record<string, string | number>) => string

export type StaffCall = Call<StaffEnv>
export type StaffRoutes = Hono<StaffEnv>

/** What the pages are built on. */
export interface StaffSite {
  context: Context
  words: PageTexts
  /** The address of a file of the pages, with its version. */
  file(name: string): string
}
