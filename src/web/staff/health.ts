import { Hono } from 'hono'
import { html } from 'hono/html'
import { createTelegramCheckup } from '../../channels/telegram/checkup.js'
import { may } from '../../core/policy/roles.js'
import { examine } from '../../upkeep/doctor.js'
import type { Level } from '../../upkeep/finding.js'
import { refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { page } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

const WORST: Readonly<Record<Level, number>> = { fail: 0, warn: 1, ok: 2 }

/** `/staff/health`: what `ward doctor` says, the worst first. */
export function healthRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/health', async (c) => {
    if (!may(c.get('viewer').role, 'settings')) return refuse(site, c, 'health')
    const say = c.get('say')
    const { line } = labelsOf(site, c)
    const { config, material, store, telegram, zaloAccess, clock } = context
    const found = await examine({
      config,
      material,
      store,
      telegram: telegram && createTelegramCheckup(telegram),
      zalo: config.zalo && zaloAccess ? { config: config.zalo, access: zaloAccess } : null,
      // The running server tells its own log when Redis is away.
      pingRedis: null,
      clock,
    })
    const lines = [...found]
      .sort((a, b) => WORST[a.level] - WORST[b.level])
      .map(
        ({ check, level, says, vars }) =>
          html`<li>
            <span class="tick"
              ><span class="mark ${level === 'ok' ? '' : 'below'}">${say(`health.level.${level}`)}</span></span
            >
            <div class="told">
              <strong>${line({ key: `phrases:doctor.${check}.title` })}</strong>
              <span class="where">${line({ key: `phrases:doctor.${check}.${says}`, vars })}</span>
            </div>
          </li>`,
      )
    return c.html(page(site, c, say('health.title'), html`<ul class="people checks">${lines}</ul>`)) // prettier-ignore
  })
  return app
}
