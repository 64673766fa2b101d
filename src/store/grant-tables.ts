/** The token pair of an Official Account, sealed; and who is renewing it now. */
export interface GrantTable {
  oa: string
  sealed: string | null
  version: number
  updated_at: number
  holder: string | null
  lease_until: number | null
}

/** A one-time link to the consent of an account's admin; only its hash is kept. */
export interface ConsentLinkTable {
  code_hash: string
  created_at: number
  expires_at: number
  used_at: number | null
}
