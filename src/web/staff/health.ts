import { Hono } from 'hono'
import { html } from 'hono/html'
import { createTelegramCheckup } from '../../channels/telegram/checkup.js'
import { may } from '../../core/policy/roles.js'
import { lastCheckup } from '../../store/checkup.js'
import { examine } from '../../upkeep/doctor.js'
import type { Level } from '../../upkeep/finding.js'
import { refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, notice, page } from './layout.js'
import type { StaffEnv, StaffSite } from './site.js'

const WORST: Readonly<Record<Level, number>> = { fail: 0, warn: 1, ok: 2 }

/** `/staff/health`: what `ward doctor` says, the worst first; of the database what the last look through all of it found, and another one by a button. */
export function healthRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/health', async (c) => {
    if (!may(c.get('viewer').role, 'settings')) return refuse(site, c, 'health')
    const say = c.get('say')
    const { line, time } = labelsOf(site, c)
    const { config, material, store, telegram, zaloAccess, clock } = context
    const last = await lastCheckup(store.db)
    const found = await examine({
      config,
      material,
      store,
      telegram: telegram && createTelegramCheckup(telegram),
      zalo: config.zalo && zaloAccess ? { config: config.zalo, access: zaloAccess } : null,
      // The running server tells its own log when Redis is away.
      pingRedis: null,
      unsound: async () => last?.wrong ?? null,
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
    const body = html`${notice(c)}
      <ul class="people checks">
        ${lines}
      </ul>
      <form method="post" action="/staff/health/check" class="row">
        ${csrfField(c)}
        <p>${last === null ? say('health.not-looked') : say('health.looked', { time: time(last.at) })}</p>
        <button class="second">${say('health.look')}</button>
      </form>`
    return c.html(page(site, c, say('health.title'), body))
  })
  app.post('/health/check', async (c) => {
    if (!may(c.get('viewer').role, 'settings')) return refuse(site, c, 'health')
    await context.soundness.now()
    return c.redirect('/staff/health?done=looked', 303)
  })
  return app
}
