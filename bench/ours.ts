// Our server as it is, on the database that the environment names, with the made-up ward.
import { readConfig } from '../src/config.js'
import { createContext } from '../src/context.js'
import { migrate } from '../src/store/migrate.js'
import { serveWeb } from '../src/web/serve.js'

const config = { ...readConfig(process.env), wardFile: 'ward.demo.yaml' }
// Residents of a benchmark answer faster than people do.
const context = createContext(config, { floodLimit: Infinity })
await migrate(context.store)
context.requests.start()
// Where webhooks are measured, answers go out as well, to an app that takes everything.
if (process.env['DELIVER']) context.delivery.start()
const web = await serveWeb(context)

process.on('disconnect', () => process.exit(1))
process.on('message', (question) => {
  if (question === 'usage') process.send!({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() })
  if (question === 'stop')
    void web
      .close()
      .then(() => context.close())
      .then(() => process.exit(0))
})
process.send!({ port: web.port })
