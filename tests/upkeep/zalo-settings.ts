import { type ZaloConfig, readConfig } from '../../src/config.js'
import { APP_SECRET } from '../support/children.js'
import type { FakeZalo } from '../support/fake-zalo/fake-zalo.js'

/** Environment of a bot that speaks for the fake's account. */
export function zaloSettings(zalo: FakeZalo): Record<string, string> {
  return {
    APP_SECRET,
    ZALO_APP_ID: zalo.app.appId,
    ZALO_APP_SECRET: zalo.app.appSecret,
    ZALO_OA_ID: zalo.oa.oaId,
    ZALO_OA_SECRET_KEY: zalo.app.oaSecret,
    ZALO_API_ROOT: zalo.apiRoot,
    ZALO_OAUTH_ROOT: zalo.oauthRoot,
    ZALO_ZBS_ROOT: zalo.zbsRoot,
  }
}

export function zaloConfig(zalo: FakeZalo, more: Record<string, string> = {}): ZaloConfig {
  return readConfig({ ...zaloSettings(zalo), ...more }).zalo!
}
